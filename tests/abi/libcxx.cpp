// A connector whose C++ library is another one than the host's: exceptions, strings and containers
// of libc++ on this side of the line, of libstdc++ on the other.
#include <lotbridge/connector.h>

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kDescriptor =
    "{\"id\": \"libcxx\", \"name\": \"libc++\", \"version\": \"1.0.0\", \"abi\": \"1.0\", "
    "\"roles\": [\"carrier\"], \"config\": {\"type\": \"object\"}, \"hosts\": [\"old.example\"], "
    "\"limits\": {\"default\": {\"rate\": 5, \"burst\": 5}}}\n";

lb_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

struct Account {
  const lb_host* host;
  std::map<std::string, std::string> urls = {{"account", "https://old.example/account"},
                                             {"dispatches", "https://old.example/dispatches"}};
};

struct Stop : std::runtime_error {
  Stop(lb_status why, const std::string& message) : std::runtime_error(message), status(why) {}
  lb_status status;
};

lb_status reported(Account& self, lb_call* call, const Stop& stop) {
  lb_error error{};
  error.size = sizeof error;
  error.status = stop.status;
  error.message = bytes(stop.what());
  return self.host->fail(call, &error);
}

std::string get(Account& self, lb_call* call, const std::string& what) {
  const std::string& url = self.urls.at(what);
  lb_http_request request{};
  request.size = sizeof request;
  request.method = bytes("GET");
  request.url = bytes(url);
  const lb_http_response* answer = nullptr;
  if (const lb_status status = self.host->http(call, &request, &answer); status != LB_OK)
    throw Stop(status, "the request got no answer");
  const std::string body(answer->body.data, answer->body.len);
  static const std::map<int, lb_status> kMeaning = {{401, LB_AUTH},       {403, LB_AUTH},
                                                    {404, LB_CONFLICT},   {409, LB_CONFLICT},
                                                    {400, LB_BAD_RECORD}, {422, LB_BAD_RECORD}};
  if (answer->code == 429) {
    lb_error error{};
    error.size = sizeof error;
    error.status = LB_RATE_LIMITED;
    error.message = bytes("the platform asks for a pause");
    error.retry_after_ms = 7000;
    throw Stop(self.host->fail(call, &error), "the platform asks for a pause of seven seconds");
  }
  const auto known = kMeaning.find(answer->code);
  if (known != kMeaning.end()) throw Stop(known->second, "the platform refuses");
  if (answer->code != 200) throw Stop(LB_RETRY, "the platform is in trouble");
  const auto end = body.find_last_not_of(" \n");
  if (body.empty() || body[0] != '{' || end == std::string::npos || body[end] != '}')
    throw Stop(LB_RETRY, "the answer is not whole");
  return body;
}

template <typename Work>
lb_status guarded(lb_instance* instance, lb_call* call, Work work) {
  Account& self = *reinterpret_cast<Account*>(instance);
  lb_status status = LB_BUG;
  Stop stopped(LB_OK, "");
  try {
    return work(self);
  } catch (const Stop& stop) {
    stopped = stop;
    status = stop.status;
  } catch (const std::exception&) {
    return LB_BUG;
  }
  return status == LB_RATE_LIMITED ? status : reported(self, call, stopped);
}

lb_status check(lb_instance* instance, lb_call* call, lb_bytes) {
  return guarded(instance, call, [&](Account& self) {
    get(self, call, "account");
    return self.host->result(call, bytes("{\"account\": \"libc++\"}"));
  });
}

lb_status dispatches(lb_instance* instance, lb_call* call, lb_bytes) {
  return guarded(instance, call, [&](Account& self) {
    const std::string body = get(self, call, "dispatches");
    if (body.compare(0, 5, "{\"id\"") != 0) throw Stop(LB_RETRY, "the answer is no dispatch");
    return self.host->emit(call, bytes("dispatch/1"), bytes(body));
  });
}

lb_status open_account(const lb_host* host, lb_call* call, lb_bytes settings, lb_instance** out) {
  const std::string_view text(settings.data, settings.len);
  auto* account = new Account{host};
  if (text.empty() || text.front() != '{' || text.back() != '}') {
    const lb_status status =
        reported(*account, call, Stop(LB_CONFIG, "the settings are no object"));
    delete account;
    return status;
  }
  *out = reinterpret_cast<lb_instance*>(account);
  return LB_OK;
}

constexpr lb_op kOps[] = {{sizeof(lb_op), "account.check/1", check},
                          {sizeof(lb_op), "dispatches.pull/1", dispatches}};

}  // namespace

extern "C" {
extern const lb_connector lotbridge_connector_1;
const lb_connector lotbridge_connector_1 = {
    sizeof(lb_connector),
    LB_ABI_MINOR,
    0,
    {kDescriptor.data(), kDescriptor.size()},
    kOps,
    2,
    sizeof(lb_op),
    open_account,
    [](lb_instance* instance) { delete reinterpret_cast<Account*>(instance); }};
}
