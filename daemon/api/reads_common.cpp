#include "daemon/api/reads_common.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <future>

namespace lotbridge::api {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr char kBetween = '\x1f';

std::string base64url(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    count += 8;
    for (; count >= 6; count -= 6) out += kAlphabet[(bits >> (count - 6)) & 63];
  }
  if (count > 0) out += kAlphabet[(bits << (6 - count)) & 63];
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> count) & 255);
  }
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = std::min(text.find(kBetween), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

bool Sight::owner(core::OwnerId id) const {
  return std::binary_search(owners.begin(), owners.end(), id);
}

bool Sight::warehouse(core::WarehouseId id) const {
  return every_warehouse || id == 0 ||
         std::find(warehouses.begin(), warehouses.end(), id) != warehouses.end();
}

Result<Sight> sight_of(const Request& request, store::Reader& reader,
                       const ReadSettings& settings) {
  Sight sight;
  const auto named = request.parameter("owner");
  // The same words for an owner that is not there and for one that this token does not see.
  if (named && !(contains(settings.owners, *named) && request.caller.sees(*named)))
    return Problem{"not_found", "There is no such owner.", {}};
  for (const core::OwnerId id : reader.owners()) {
    const std::string& name = reader.owner(id);
    if (named ? name == *named : request.caller.sees(name)) sight.owners.push_back(id);
  }
  sight.every_warehouse = request.warehouses.empty();
  for (const std::string& name : request.warehouses) {
    if (const auto id = reader.warehouse_id(name)) sight.warehouses.push_back(id);
  }
  return sight;
}

Problem bad_parameter(std::string_view name, std::string_view detail) {
  const std::string text = "The parameter `" + std::string(name) + "` " + std::string(detail);
  return Problem{"invalid_value", text, {{"/" + std::string(name), text}}};
}

Result<std::optional<std::int64_t>> number_parameter(const Request& request,
                                                     std::string_view name) {
  const auto text = request.parameter(name);
  if (!text) return std::optional<std::int64_t>();
  const auto value = whole_number(*text);
  if (!value || *value < 0) return bad_parameter(name, "must be a whole number, 0 or more.");
  return value;
}

Result<std::optional<std::int64_t>> moment_parameter(const Request& request,
                                                     std::string_view name) {
  const auto text = request.parameter(name);
  if (!text) return std::optional<std::int64_t>();
  if (const auto moment = Timestamp::parse(*text)) return std::optional(moment->ms);
  if (const auto date = Date::parse(*text)) {
    constexpr std::int64_t kDay = 86'400'000;
    return std::optional((date->days + std::int64_t{1}) * kDay - 1);
  }
  return bad_parameter(name, "must be a moment like 2026-05-16T08:00:00Z or a date.");
}

Result<Page> page_of(const Request& request, std::string_view list) {
  Page page;
  const auto limit = number_parameter(request, "limit");
  if (!limit) return limit.problem();
  if (*limit) {
    if (**limit < 1 || **limit > static_cast<std::int64_t>(kPageMost))
      return bad_parameter("limit", "must be between 1 and 500.");
    page.limit = static_cast<std::size_t>(**limit);
  }
  const auto cursor = request.parameter("cursor");
  if (!cursor || cursor->empty()) return page;
  const auto bytes = from_base64url(*cursor);
  std::vector<std::string> parts = bytes ? split(*bytes) : std::vector<std::string>();
  const auto owner = parts.size() < 3 ? std::nullopt : whole_number(parts[1]);
  if (!owner || parts[0] != list || *owner < 1 || *owner > UINT16_MAX)
    return bad_parameter("cursor", "is none that this list gave.");
  page.owner = static_cast<core::OwnerId>(*owner);
  page.after.assign(parts.begin() + 2, parts.end());
  return page;
}

std::string cursor_text(std::string_view list, core::OwnerId owner,
                        const std::vector<std::string>& key) {
  std::string bytes(list);
  bytes += kBetween;
  bytes += std::to_string(owner);
  for (const std::string& part : key) {
    bytes += kBetween;
    bytes += part;
  }
  return base64url(bytes);
}

std::int64_t key_number(const std::vector<std::string>& key, std::size_t index) {
  return index < key.size() ? whole_number(key[index]).value_or(0) : 0;
}

void put(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  json.text(text);
}

void put_or_null(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  if (text.empty()) {
    json.raw("null");
  } else {
    json.text(text);
  }
}

void put_maybe(JsonWriter& json, std::string_view key, const std::optional<std::string>& text) {
  json.key(key);
  if (text) {
    json.text(*text);
  } else {
    json.raw("null");
  }
}

void put_number(JsonWriter& json, std::string_view key, std::int64_t value) {
  json.key(key);
  json.integer(value);
}

void put_maybe(JsonWriter& json, std::string_view key, const std::optional<std::int64_t>& value) {
  json.key(key);
  if (value) {
    json.integer(*value);
  } else {
    json.raw("null");
  }
}

void put_quantity(JsonWriter& json, std::string_view key, Quantity quantity) {
  json.key(key);
  json.millionths(quantity.micros);
}

void put_date(JsonWriter& json, std::string_view key, const std::optional<std::int64_t>& days) {
  put_or_null(json, key, days ? Date{static_cast<std::int32_t>(*days)}.text() : std::string());
}

void put_moment(JsonWriter& json, std::string_view key, const std::optional<std::int64_t>& ms) {
  put_or_null(json, key, ms ? Timestamp{*ms}.text() : std::string());
}

void put_money(JsonWriter& json, std::string_view key, const Maybe<Money>& money) {
  if (!money) return;
  json.key(key);
  json.open('{');
  put(json, "amount", money->amount_text());
  put(json, "currency", money->currency);
  json.close('}');
}

void put_raw(JsonWriter& json, std::string_view key, std::string_view text,
             std::string_view otherwise) {
  json.key(key);
  json.raw(text.empty() ? otherwise : text);
}

Response json_response(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

Response unavailable_response() {
  return problem_response(503, "unavailable", "The daemon could not answer now; ask again.");
}

bool ask_core(engine::Engine& engine,
              std::function<void(const core::State&, const core::Context&)> ask) {
  // The question may be answered after this thread gave up waiting, so it must not touch what is
  // gone by then: `ask` is called only while somebody waits.
  struct Question {
    std::mutex mutex;
    bool waiting = true;
    std::promise<void> answered;
  };
  const auto question = std::make_shared<Question>();
  auto answered = question->answered.get_future();
  engine.ask(
      [question, ask = std::move(ask)](const core::State& state, const core::Context& context) {
        const std::lock_guard lock(question->mutex);
        if (!question->waiting) return;
        ask(state, context);
        question->answered.set_value();
      });
  if (answered.wait_for(std::chrono::seconds(10)) == std::future_status::ready) return true;
  const std::lock_guard lock(question->mutex);
  question->waiting = false;
  return answered.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

}  // namespace lotbridge::api
