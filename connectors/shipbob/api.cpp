#include "api.hpp"

#include <lotbridge/failure.hpp>

namespace lotbridge::shipbob {
namespace {

constexpr std::int64_t kLimit = 100;

bool usable(const Json& answer) { return answer.is_object() || answer.is_array(); }

// Their own sentence, and nothing else of the answer: it may hold what we sent.
std::string said(const HttpReply& reply) {
  try {
    const Json body = Json::parse(reply.body());
    if (!body.is_object()) return "no reason given";
    for (const char* key : {"message", "title", "error"}) {
      if (body[key].is_text()) return body[key].text().substr(0, 200);
    }
    if (body["errors"].is_array() && body["errors"].size() > 0 && body["errors"][0].is_text()) {
      return body["errors"][0].text().substr(0, 200);
    }
  } catch (const Failure&) {
    return "no reason given";
  }
  return "no reason given";
}

// Where the rest is: their `next` is an address, with or without its server.
std::string address_of_next(const std::string& next, const Settings& settings) {
  const std::string server = "https://" + settings.host;
  if (next.starts_with(server + "/")) return next;
  if (next.starts_with("/")) return server + next;
  throw Failure(LB_RETRY, "the next page is at an address that is not ShipBob's");
}

}  // namespace

Maybe<Date> day_maybe(const Json& text) {
  const auto written = text.text_maybe();
  if (!written) return std::nullopt;
  const auto out = Date::parse(std::string_view(*written).substr(0, 10));
  if (!out) text.refuse("must be a date");
  return out;
}

Maybe<Timestamp> moment_maybe(const Json& text) {
  const auto written = text.text_maybe();
  if (!written) return std::nullopt;
  std::string moment = *written;
  const auto time = moment.find('T');
  if (time == std::string::npos) {
    moment += "T00:00:00Z";
  } else if (moment.find_first_of("Z+-", time) == std::string::npos) {
    moment += 'Z';
  }
  const auto out = Timestamp::parse(moment);
  if (!out) text.refuse("must be a time");
  return out;
}

HttpRequest Api::request(const std::string& method, const std::string& url) const {
  HttpRequest out;
  out.method = method;
  out.url = url;
  out.secret = "token";
  out.headers = {{"Accept", "application/json"}, {"shipbob_channel_id", settings_.channel_id}};
  return out;
}

HttpReply Api::exchange(Call& call, const HttpRequest& request, const std::string& what) {
  HttpReply reply = call.exchange(request);
  if (reply.code() == 429) {
    const auto own = reply.header("x-retry-after");
    const auto wait = own ? retry_after_ms(*own, call.now()) : std::nullopt;
    if (wait)
      throw Failure(LB_RATE_LIMITED, what + ": ShipBob asks us to slow down", "", "429", *wait);
  }
  if (reply.code() == 404 && reply.body().find("version") != std::string::npos) {
    throw Failure(LB_CONFIG, what + ": ShipBob no longer serves this api_version");
  }
  return reply;
}

Json Api::get(Call& call, const std::string& path, const std::string& what) {
  const bool whole = path.starts_with("https://");
  const HttpReply reply =
      exchange(call, request("GET", whole ? path : settings_.base + path), what);
  try {
    reply.expect_ok(call.now(), what);
  } catch (Failure& failure) {
    // What we asked for is not the fault of the record that we read it for.
    if (failure.status == LB_BAD_RECORD) failure.status = LB_RETRY;
    throw;
  }
  Json answer = reply.json();
  if (!usable(answer)) throw Failure(LB_RETRY, what + ": ShipBob's answer is no object");
  return answer;
}

Json Api::post(Call& call, const std::string& path, const std::string& body,
               const std::string& what, std::string* refused) {
  HttpRequest sent = request("POST", settings_.base + path);
  sent.body = body;
  const HttpReply reply = exchange(call, sent, what);
  if (reply.code() == 422 && refused != nullptr) {
    *refused = said(reply);
    return Json();
  }
  try {
    reply.expect_ok(call.now(), what);
  } catch (Failure& failure) {
    if (failure.status == LB_BAD_RECORD) failure.message += ": " + said(reply);
    throw;
  }
  Json answer = reply.json();
  if (!usable(answer)) throw Failure(LB_RETRY, what + ": ShipBob did not say that it was done");
  return answer;
}

void Api::each_page(Call& call, std::string path, const std::string& what,
                    const std::function<void(const Json& list)>& page) {
  const std::string first = path + (path.find('?') == std::string::npos ? "?" : "&");
  path = first + "Page=1&Limit=" + std::to_string(kLimit) + "&PageSize=" + std::to_string(kLimit);
  for (std::int64_t number = 1;;) {
    const Json answer = get(call, path, what);
    const Json list = answer.is_array()            ? answer
                      : answer["items"].is_array() ? answer["items"]
                                                   : answer["data"];
    if (!list.is_array()) throw Failure(LB_RETRY, what + ": ShipBob's answer holds no list");
    page(list);
    if (answer.is_object()) {
      const auto next = answer["next"].text_maybe();
      if (!next) return;
      path = address_of_next(*next, settings_);
      continue;
    }
    if (static_cast<std::int64_t>(list.size()) < kLimit) return;
    path = first + "Page=" + std::to_string(++number) + "&Limit=" + std::to_string(kLimit);
  }
}

void Api::each_product(Call& call, const std::function<void(const Json&)>& product) {
  each_page(call, "/product", "reading products", [&](const Json& list) {
    for (const Json& one : list.items()) product(one);
  });
}

void Api::read_catalog(Call& call) {
  each_product(call, [&](const Json& product) {
    for (const Json& variant : product["variants"].items_or_none()) {
      const auto inventory = variant["inventory"]["inventory_id"].id_maybe();
      const auto sku = variant["sku"].text_maybe();
      if (inventory && sku) skus_[*inventory] = *sku;
    }
  });
  catalog_read_ = true;
}

Maybe<std::string> Api::sku_of(Call& call, const std::string& inventory_id) {
  // A product may be new since the catalog was read; each unknown id is worth one look.
  if (!skus_.contains(inventory_id)) {
    if (catalog_read_ && skus_.empty()) return std::nullopt;
    read_catalog(call);
    if (!skus_.contains(inventory_id)) skus_[inventory_id];
  }
  const std::string& sku = skus_[inventory_id];
  return sku.empty() ? std::nullopt : Maybe<std::string>(sku);
}

}  // namespace lotbridge::shipbob
