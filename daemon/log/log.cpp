#include "daemon/log/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace lotbridge::log {
namespace {

void append_json_text(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::trace:
      return "trace";
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "info";
}

spdlog::level::level_enum spd_level(Level level) {
  return static_cast<spdlog::level::level_enum>(static_cast<int>(level));
}

class DivertSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit DivertSink(std::function<void(std::string_view)> to) : to_(std::move(to)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    to_("{" + std::string(message.payload.data(), message.payload.size()) + "}");
  }
  void flush_() override {}
  std::function<void(std::string_view)> to_;
};

class Writer {
 public:
  Writer() { use(std::make_shared<spdlog::sinks::stderr_sink_mt>(), spdlog::level::warn); }

  void use(spdlog::sink_ptr sink, spdlog::level::level_enum lowest) {
    sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ",%v})", spdlog::pattern_time_type::utc, "\n"));
    auto logger = std::make_shared<spdlog::logger>("lotbridge", std::move(sink));
    logger->set_level(lowest);
    logger->flush_on(spdlog::level::trace);
    logger_.store(std::move(logger));
  }
  std::shared_ptr<spdlog::logger> logger() const { return logger_.load(); }

  void conceal(std::string secret) {
    const std::lock_guard lock(mutex_);
    if (std::find(secrets_.begin(), secrets_.end(), secret) == secrets_.end()) {
      secrets_.push_back(std::move(secret));
    }
  }
  void hide_secrets(std::string& line) const {
    const std::lock_guard lock(mutex_);
    for (const std::string& secret : secrets_) {
      for (auto at = line.find(secret); at != std::string::npos; at = line.find(secret, at + 3)) {
        line.replace(at, secret.size(), "***");
      }
    }
  }

 private:
  std::atomic<std::shared_ptr<spdlog::logger>> logger_;
  mutable std::mutex mutex_;
  std::vector<std::string> secrets_;
};

Writer& writer() {
  static Writer instance;
  return instance;
}

}  // namespace

void setup(Level lowest) { writer().logger()->set_level(spd_level(lowest)); }

void divert(std::function<void(std::string_view)> sink) {
  const auto level = writer().logger()->level();
  if (!sink) {
    writer().use(std::make_shared<spdlog::sinks::stderr_sink_mt>(), level);
    return;
  }
  writer().use(std::make_shared<DivertSink>(std::move(sink)), level);
}

void conceal(std::string secret) {
  if (secret.size() >= 4) writer().conceal(std::move(secret));
}

bool enabled(Level level) { return writer().logger()->should_log(spd_level(level)); }

void write(Level level, std::string_view event, Fields fields) {
  const auto logger = writer().logger();
  if (!logger->should_log(spd_level(level))) return;
  std::string line = R"("level":")";  // the sink puts the time before and the braces around it
  line += name_of(level);
  line += R"(","event":)";
  append_json_text(line, event);
  for (const Field& field : fields) {
    line += ',';
    append_json_text(line, field.key);
    line += ':';
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      append_json_text(line, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      line += std::to_string(*number);
    } else {
      line += std::get<bool>(field.value) ? "true" : "false";
    }
  }
  writer().hide_secrets(line);
  logger->log(spd_level(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace lotbridge::log
