#include <lotbridge/testing.hpp>

#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <random>
#include <stdexcept>

#include <lotbridge/records.hpp>

namespace lotbridge::testing {
namespace {

std::string text_of(lb_bytes bytes) {
  return bytes.len == 0 ? std::string() : std::string(bytes.data, bytes.len);
}

// What the host lends has 64 zero bytes behind it.
struct Lent {
  std::string text;
  explicit Lent(std::string from) : text(std::move(from)) { text.append(64, '\0'); }
  lb_bytes view() const { return {text.data(), text.size() - 64}; }
};

const lb_connector& loaded(const std::string& file) {
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw std::runtime_error(dlerror());
  const void* symbol = dlsym(handle, "lotbridge_connector_1");
  if (!symbol) throw std::runtime_error(file + " exports no lotbridge_connector_1");
  return *static_cast<const lb_connector*>(symbol);  // it stays mapped
}

HttpRequest request_of(const lb_http_request& from) {
  HttpRequest out;
  out.method = text_of(from.method);
  out.url = text_of(from.url);
  for (std::size_t n = 0; n < from.header_count; ++n) {
    out.headers.push_back({text_of(from.headers[n].name), text_of(from.headers[n].value)});
  }
  out.body = text_of(from.body);
  out.bucket = text_of(from.bucket);
  out.cost = from.cost;
  out.idempotency_key = text_of(from.idempotency_key);
  out.timeout_ms = from.timeout_ms;
  return out;
}

Parked parked_of(const std::string& json) {
  const Json read = Json::parse(json);
  return {read["kind"].text_or(""),    read["raw"].text_or(""), read["path"].text_or(""),
          read["message"].text_or(""), read["id"].text_or(""),  read["owner"].text_or(""),
          read["origin"].text_or("")};
}

}  // namespace

struct Replay::Running {
  struct Table : lb_host {
    Running* running;
  };

  explicit Running(Replay& of) : replay(of) { fill(); }

  Replay& replay;
  Outcome run;
  Table table{};
  std::vector<Emitted> waiting;  // emitted since the last checkpoint
  std::mt19937_64 random{20260516};
  bool asked_to_stop = false;

  // The answer that was lent last.
  std::vector<Lent> lent;
  std::vector<lb_header> headers;
  lb_http_response response{};

  lb_call* handle() { return reinterpret_cast<lb_call*>(this); }
  static Running& of(lb_call* call) { return *reinterpret_cast<Running*>(call); }

  // True where the test wants the connector to stop.
  bool note(const char* function) {
    if (replay.on_host_call && replay.on_host_call(function)) asked_to_stop = true;
    return asked_to_stop;
  }

  lb_status refuse(lb_status status, const std::string& message) {
    run.message = message;
    return status;
  }

  Answered answer(const HttpRequest& request) {
    const std::size_t number = run.requests.size();
    run.requests.push_back(request);
    if (const auto fault = replay.faults.find(number); fault != replay.faults.end())
      return fault->second;
    if (replay.on_http) return replay.on_http(request);
    if (!replay.player_) return refuse(LB_BUG, "the test gives no answer to " + request.url);
    auto played = replay.player_->play(request);
    if (played.ok()) return std::move(played.value());
    run.mismatch = played.problem().detail;
    return refuse(LB_BUG, run.mismatch);
  }

  lb_status lend(const HttpReply& reply) {
    lent.clear();
    headers.clear();
    lent.reserve(reply.headers().size() * 2 + 1);
    lent.emplace_back(reply.body());
    for (const HttpHeader& header : reply.headers()) {
      std::string name = header.name;
      for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      lent.emplace_back(name);
      lent.emplace_back(header.value);
      headers.push_back({lent[lent.size() - 2].view(), lent.back().view()});
    }
    response = {sizeof(lb_http_response), reply.code(), headers.data(), headers.size(),
                lent[0].view()};
    return LB_OK;
  }

  void store() {
    for (Emitted& record : waiting) keep(std::move(record));
    waiting.clear();
  }

  void keep(Emitted record) {
    if (record.kind == "parked/1") {
      run.parked.push_back(parked_of(record.json));
      return;
    }
    const auto slash = record.kind.find('/');
    const auto type = document_type(std::string_view(record.kind).substr(0, slash));
    auto read = type ? read_document(*type, record.json)
                     : Result<Document>(
                           Problem{"unknown_kind", "no such kind of record: " + record.kind, {}});
    if (read.ok()) {
      run.documents.push_back(std::move(read.value()));
    } else {
      run.unreadable.push_back(std::move(read.problem()));
    }
    run.emitted.push_back(std::move(record));
  }

  void end(lb_status status) {
    run.status = status;
    if (status == LB_OK) store();
    run.dropped = std::move(waiting);
  }

  void fill();
  void fill_values();
};

void Replay::Running::fill() {
  table.size = sizeof(lb_host);
  table.abi_minor = LB_ABI_MINOR;
  table.running = this;
  table.http = [](lb_call* call, const lb_http_request* request,
                  const lb_http_response** out) -> lb_status {
    Running& self = of(call);
    if (self.note("http")) return LB_CANCELLED;
    const Answered answered = self.answer(request_of(*request));
    if (const lb_status* status = std::get_if<lb_status>(&answered)) {
      return self.run.message.empty() ? self.refuse(*status, "the request got no answer") : *status;
    }
    *out = &self.response;
    return self.lend(std::get<HttpReply>(answered));
  };
  table.emit = [](lb_call* call, lb_bytes kind, lb_bytes json) -> lb_status {
    Running& self = of(call);
    if (self.note("emit")) return LB_CANCELLED;
    self.waiting.push_back({text_of(kind), text_of(json)});
    return LB_OK;
  };
  table.checkpoint = [](lb_call* call, lb_bytes cursor) -> lb_status {
    Running& self = of(call);
    if (self.note("checkpoint")) return LB_CANCELLED;
    self.store();
    self.run.cursors.push_back(text_of(cursor));
    self.replay.cursor = self.run.cursors.back();
    return LB_OK;
  };
  table.result = [](lb_call* call, lb_bytes json) -> lb_status {
    Running& self = of(call);
    if (self.note("result")) return LB_CANCELLED;
    self.run.result = text_of(json);
    return LB_OK;
  };
  table.fail = [](lb_call* call, const lb_error* error) -> lb_status {
    Running& self = of(call);
    self.run.message = text_of(error->message);
    self.run.path = text_of(error->path);
    self.run.vendor_code = text_of(error->vendor_code);
    self.run.retry_after_ms = error->retry_after_ms;
    return error->status;
  };
  fill_values();
}

void Replay::Running::fill_values() {
  table.log = [](lb_call* call, std::int32_t, lb_bytes message) {
    of(call).run.logs.push_back(text_of(message));
  };
  table.now_ms = [](lb_call* call) { return of(call).replay.now.ms; };
  table.sleep_ms = [](lb_call* call, std::uint64_t duration) -> lb_status {
    Running& self = of(call);
    if (self.note("sleep_ms")) return LB_CANCELLED;
    self.replay.now.ms += static_cast<std::int64_t>(duration);
    self.run.slept_ms += duration;
    return LB_OK;
  };
  table.random = [](lb_call* call, void* to, std::size_t n) -> lb_status {
    auto* out = static_cast<unsigned char*>(to);
    for (std::size_t at = 0; at < n; ++at)
      out[at] = static_cast<unsigned char>(of(call).random() & 0xff);
    return LB_OK;
  };
  table.cancelled = [](lb_call* call) -> std::int32_t {
    return of(call).note("cancelled") ? 1 : 0;
  };
  table.hmac = [](lb_call* call, lb_bytes key, lb_bytes algorithm, lb_bytes data, std::uint8_t* out,
                  std::size_t* length) -> lb_status {
    Running& self = of(call);
    std::string filled = text_of(key);
    for (auto at = filled.find("{{secret:"); at != std::string::npos;
         at = filled.find("{{secret:", at)) {
      const auto end = filled.find("}}", at);
      const std::string name = filled.substr(at + 9, end - at - 9);
      const auto found = self.replay.secrets.find(name);
      const std::string value =
          found == self.replay.secrets.end() ? "secret-" + name : found->second;
      filled.replace(at, end + 2 - at, value);
      at += value.size();
    }
    const EVP_MD* digest = EVP_get_digestbyname(text_of(algorithm).c_str());
    if (!digest) return self.refuse(LB_UNSUPPORTED, "no such digest: " + text_of(algorithm));
    unsigned int written = 0;
    HMAC(digest, filled.data(), static_cast<int>(filled.size()),
         reinterpret_cast<const unsigned char*>(data.data), data.len, out, &written);
    *length = written;
    return LB_OK;
  };
  table.extension = [](const lb_host* host, lb_bytes id) -> const void* {
    const Running& self = *static_cast<const Table*>(host)->running;
    const auto found = self.replay.extensions.find(text_of(id));
    return found == self.replay.extensions.end() ? nullptr : found->second;
  };
}

Replay::Replay(const lb_connector& connector, std::string settings)
    : connector_(&connector), settings_(std::move(settings)) {}

Replay::Replay(const std::string& file, std::string settings)
    : Replay(loaded(file), std::move(settings)) {}

Replay::~Replay() = default;

void Replay::play(const std::string& cassette_file) {
  auto read = Cassette::load(cassette_file);
  if (!read.ok()) throw std::runtime_error(read.problem().detail);
  play(std::move(read.value()));
}

void Replay::play(Cassette cassette) {
  player_ = std::make_unique<CassettePlayer>(std::move(cassette));
}

std::string Replay::unplayed() const { return player_ ? player_->unplayed() : ""; }

Outcome Replay::with_instance(const std::function<void(Running&, lb_instance*)>& body) {
  Running running(*this);
  const Lent settings(settings_);
  lb_instance* instance = nullptr;
  const lb_status status =
      connector_->open(&running.table, running.handle(), settings.view(), &instance);
  running.run.status = status;
  if (status == LB_OK) {
    body(running, instance);
    connector_->close(instance);
  }
  return std::move(running.run);
}

Outcome Replay::open() {
  return with_instance([](Running&, lb_instance*) {});
}

Outcome Replay::run(const std::string& operation, const std::string& input_json) {
  return with_instance([&](Running& running, lb_instance* instance) {
    const Lent input(input_json);
    for (std::size_t n = 0; n < connector_->op_count; ++n) {
      const auto& op = *reinterpret_cast<const lb_op*>(
          reinterpret_cast<const char*>(connector_->ops) + n * connector_->op_size);
      if (operation == op.name)
        return running.end(op.run(instance, running.handle(), input.view()));
    }
    running.end(running.refuse(LB_UNSUPPORTED, "the connector has no operation " + operation));
  });
}

Outcome Replay::pull(const std::string& operation) {
  const JsonText from = start_at ? JsonText(*start_at) : JsonText(nullptr);
  return run(operation, json_object({{"cursor", JsonText::raw(cursor)}, {"start_at", from}}).str());
}

Outcome Replay::webhook(const std::string& topic, const std::string& body,
                        const std::string& delivery,
                        const std::map<std::string, std::string>& headers) {
  std::vector<std::pair<std::string, JsonText>> named;
  for (const auto& [name, value] : headers) named.emplace_back(name, value);
  return run(
      "webhook.receive/1",
      json_object(
          {{"id", delivery}, {"topic", topic}, {"headers", json_object(named)}, {"body", body}})
          .str());
}

std::vector<std::string> Replay::operations() const {
  std::vector<std::string> out;
  for (std::size_t n = 0; n < connector_->op_count; ++n) {
    out.emplace_back(reinterpret_cast<const lb_op*>(reinterpret_cast<const char*>(connector_->ops) +
                                                    n * connector_->op_size)
                         ->name);
  }
  return out;
}

std::string Outcome::text() const {
  std::string out = std::string("status ") + status_name(status) + ": " + message + "\n";
  if (!path.empty()) out += "at " + path + "\n";
  for (const HttpRequest& request : requests) out += request.method + " " + request.url + "\n";
  for (const Emitted& record : emitted) out += record.kind + " " + record.json + "\n";
  for (const Parked& record : parked) {
    out += "parked " + record.kind + " " + record.id + " at " + record.path + ": " +
           record.message + "\n";
  }
  for (const Problem& problem : unreadable) {
    out += "unreadable: " + problem.detail;
    for (const FieldError& error : problem.errors)
      out += " [" + error.pointer + ": " + error.detail + "]";
    out += "\n";
  }
  for (const Emitted& record : dropped) out += "dropped " + record.kind + " " + record.json + "\n";
  for (const std::string& cursor : cursors) out += "cursor " + cursor + "\n";
  if (!result.empty()) out += "result " + result + "\n";
  for (const std::string& line : logs) out += "log " + line + "\n";
  return out;
}

}  // namespace lotbridge::testing
