#include <lotbridge/testing.hpp>

#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <random>
#include <stdexcept>

#include <lotbridge/detail/host_call.hpp>
#include <lotbridge/records.hpp>

namespace lotbridge::testing {
namespace {

using detail::HostCall;
using detail::LentText;

std::string text_of(lb_bytes bytes) {
  return bytes.len == 0 ? std::string() : std::string(bytes.data, bytes.len);
}

Parked parked_of(const std::string& json) {
  const Json read = Json::parse(json);
  return {read["kind"].text_or(""),    read["raw"].text_or(""), read["path"].text_or(""),
          read["message"].text_or(""), read["id"].text_or(""),  read["owner"].text_or(""),
          read["origin"].text_or("")};
}

}  // namespace

const lb_connector& loaded_connector(const std::string& file) {
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw std::runtime_error(dlerror());
  const void* symbol = dlsym(handle, "lotbridge_connector_1");
  if (!symbol) throw std::runtime_error(file + " exports no lotbridge_connector_1");
  return *static_cast<const lb_connector*>(symbol);  // it stays mapped
}

struct Replay::Running final : HostCall {
  explicit Running(Replay& of) : replay(of), seeded(of.seed) {}

  Replay& replay;
  Outcome run;
  std::vector<Emitted> waiting;  // emitted since the last checkpoint
  std::mt19937_64 seeded;
  enum class Stage { opening, running, ended } stage = Stage::opening;

  detail::LentReply lent;

  // True where the function must not do anything: the test wants the connector to stop, or it is
  // called at a time when it may not be.
  bool note(const char* function) {
    if (stage != Stage::running) {
      broke(std::string(function) + " was called " +
            (stage == Stage::opening ? "while an instance was opened"
                                     : "after the operation had returned"));
      return true;
    }
    // A waiting function may come back on another thread, where the exception in flight is not.
    if (std::current_exception())
      broke(std::string(function) + " was called inside a catch, with its exception in flight");
    if (function != std::string_view("cancelled")) run.calls.emplace_back(function);
    if (replay.on_host_call && replay.on_host_call(function)) run.stopped = true;
    return run.stopped;
  }

  void broke(std::string promise) {
    if (run.broken.size() < 20) run.broken.push_back(std::move(promise));
  }
  // For the functions that may be called while an instance is opened, too.
  void still_there(const char* function) {
    if (stage == Stage::ended)
      broke(std::string(function) + " was called after the operation had returned");
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

  void store() {
    for (Emitted& record : waiting) keep(std::move(record));
    waiting.clear();
  }

  void keep(Emitted record) {
    if (record.kind == "parked/1") {
      run.parked.push_back(parked_of(record.json));
      return;
    }
    if (record.kind == "tracking/1") {  // where a parcel is; no document
      run.emitted.push_back(std::move(record));
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
    if (status == LB_OK && !run.stopped) store();
    run.dropped = std::move(waiting);
    waiting.clear();
    stage = Stage::ended;
  }

  lb_status http(const lb_http_request& request, const lb_http_response** out) override {
    if (note("http")) return LB_CANCELLED;
    const Answered answered = answer(detail::request_of(request));
    if (const lb_status* status = std::get_if<lb_status>(&answered))
      return run.message.empty() ? refuse(*status, "the request got no answer") : *status;
    *out = lent.lend(std::get<HttpReply>(answered));
    return LB_OK;
  }
  lb_status emit(std::string_view kind, std::string_view json) override {
    if (note("emit")) return LB_CANCELLED;
    waiting.push_back({std::string(kind), std::string(json)});
    run.handed_over.push_back(waiting.back());
    return LB_OK;
  }
  lb_status checkpoint(std::string_view cursor) override {
    if (note("checkpoint")) return LB_CANCELLED;
    store();
    run.cursors.emplace_back(cursor);
    replay.cursor = run.cursors.back();
    return LB_OK;
  }
  lb_status result(std::string_view json) override {
    if (note("result")) return LB_CANCELLED;
    run.result = std::string(json);
    return LB_OK;
  }
  lb_status fail(const lb_error& error) override {
    still_there("fail");
    run.message = text_of(error.message);
    run.path = text_of(error.path);
    run.vendor_code = text_of(error.vendor_code);
    run.retry_after_ms = error.retry_after_ms;
    return error.status;
  }
  void log(std::int32_t, std::string_view message) override {
    still_there("log");
    run.logs.emplace_back(message);
  }
  std::int64_t now_ms() override {
    still_there("now_ms");
    return replay.now.ms;
  }
  lb_status sleep(std::uint64_t duration) override {
    if (note("sleep_ms")) return LB_CANCELLED;
    replay.now.ms += static_cast<std::int64_t>(duration);
    run.slept_ms += duration;
    return LB_OK;
  }
  lb_status random(void* to, std::size_t n) override {
    auto* out = static_cast<unsigned char*>(to);
    for (std::size_t at = 0; at < n; ++at) out[at] = static_cast<unsigned char>(seeded() & 0xff);
    return LB_OK;
  }
  bool cancelled() override { return note("cancelled"); }
  lb_status hmac(std::string_view key, std::string_view algorithm, std::string_view data,
                 std::uint8_t* out, std::size_t* length) override;
};

// The calls of an instance stay, so that one which comes too late finds its place.
struct Replay::Opened {
  struct Table : lb_host {
    Replay* replay;
  };

  explicit Opened(Replay& of) : replay(of) {
    detail::fill_host_table(table);
    table.replay = &of;
    table.extension = [](const lb_host* host, lb_bytes id) -> const void* {
      const Replay& self = *static_cast<const Table*>(host)->replay;
      const auto found = self.extensions.find(text_of(id));
      return found == self.extensions.end() ? nullptr : found->second;
    };
  }

  Running& begin() {
    calls.push_back(std::make_unique<Running>(replay));
    return *calls.back();
  }

  Outcome open() {
    Running& call = begin();
    if (replay.elsewhere) {
      call.end(replay.elsewhere("", replay.settings_, call));
      return call.run;
    }
    const LentText settings(replay.settings_);
    const lb_status status =
        replay.connector_->open(&table, call.handle(), settings.view(), &instance);
    const bool nothing = status == LB_OK && instance == nullptr;
    call.end(nothing ? call.refuse(LB_BUG, "open gave no instance") : status);
    return call.run;
  }

  Outcome run(const std::string& operation, lb_op_fn function, const std::string& input_json) {
    Running& call = begin();
    call.stage = Running::Stage::running;
    if (replay.elsewhere) {
      call.end(replay.elsewhere(operation, input_json, call));
      return call.run;
    }
    const LentText input(input_json);
    call.end(function(instance, call.handle(), input.view()));
    return call.run;
  }

  // What came too late, of all calls.
  std::vector<std::string> close() {
    if (instance != nullptr) replay.connector_->close(instance);
    instance = nullptr;
    std::vector<std::string> late;
    for (const auto& call : calls)
      late.insert(late.end(), call->run.broken.begin(), call->run.broken.end());
    return late;
  }

  Replay& replay;
  Table table{};
  lb_instance* instance = nullptr;
  std::vector<std::unique_ptr<Running>> calls;
};

lb_status Replay::Running::hmac(std::string_view key, std::string_view algorithm,
                                std::string_view data, std::uint8_t* out, std::size_t* length) {
  std::string filled(key);
  for (auto at = filled.find("{{secret:"); at != std::string::npos;
       at = filled.find("{{secret:", at)) {
    const auto end = filled.find("}}", at);
    const std::string name = filled.substr(at + 9, end - at - 9);
    const auto found = replay.secrets.find(name);
    const std::string value = found == replay.secrets.end() ? "secret-" + name : found->second;
    filled.replace(at, end + 2 - at, value);
    at += value.size();
  }
  const EVP_MD* digest = EVP_get_digestbyname(std::string(algorithm).c_str());
  if (!digest) return refuse(LB_UNSUPPORTED, "no such digest: " + std::string(algorithm));
  unsigned int written = 0;
  HMAC(digest, filled.data(), static_cast<int>(filled.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), out, &written);
  *length = written;
  return LB_OK;
}

Replay::Replay(const lb_connector& connector, std::string settings)
    : connector_(&connector), settings_(std::move(settings)) {}

Replay::Replay(const std::string& file, std::string settings)
    : Replay(loaded_connector(file), std::move(settings)) {}

Replay::~Replay() { release(); }

void Replay::play(const std::string& cassette_file) {
  auto read = Cassette::load(cassette_file);
  if (!read.ok()) throw std::runtime_error(read.problem().detail);
  play(std::move(read.value()));
}

void Replay::play(Cassette cassette) {
  player_ = std::make_unique<CassettePlayer>(std::move(cassette));
}

std::string Replay::unplayed() const { return player_ ? player_->unplayed() : ""; }

Outcome Replay::hold() {
  release();
  auto opened = std::make_unique<Opened>(*this);
  Outcome out = opened->open();
  if (out.status == LB_OK) held_ = std::move(opened);
  return out;
}

std::vector<std::string> Replay::release() {
  if (!held_) return {};
  const auto late = held_->close();
  held_.reset();
  return late;
}

Outcome Replay::open() {
  Opened opened(*this);
  Outcome out = opened.open();
  out.broken = opened.close();
  return out;
}

Outcome Replay::run(const std::string& operation, const std::string& input_json) {
  lb_op_fn function = nullptr;
  for (std::size_t n = 0; n < connector_->op_count; ++n) {
    const auto& op = *reinterpret_cast<const lb_op*>(
        reinterpret_cast<const char*>(connector_->ops) + n * connector_->op_size);
    if (operation == op.name) function = op.run;
  }
  if (function == nullptr) {
    Outcome out;
    out.status = LB_UNSUPPORTED;
    out.message = "the connector has no operation " + operation;
    return out;
  }
  if (held_) return held_->run(operation, function, input_json);
  Opened opened(*this);
  Outcome out = opened.open();
  if (out.status != LB_OK) return out;
  out = opened.run(operation, function, input_json);
  out.broken = opened.close();
  return out;
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
