#include <lotbridge/http.hpp>

#include <algorithm>
#include <charconv>

#include <lotbridge/failure.hpp>

namespace lotbridge {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

lb_status status_of_code(int code) {
  switch (code) {
    case 401:
    case 403:
      return LB_AUTH;
    case 429:
      return LB_RATE_LIMITED;
    case 408:
    case 425:
      return LB_RETRY;
    case 404:
    case 409:
    case 410:
    case 412:
      return LB_CONFLICT;
    case 402:
    case 405:
    case 423:
      return LB_CONFIG;
    default:
      break;
  }
  if (code >= 500) return LB_RETRY;
  return code < 400 ? LB_CONFIG : LB_BAD_RECORD;
}

const char* meaning(lb_status status) {
  switch (status) {
    case LB_AUTH:
      return "the platform refuses our credentials";
    case LB_RATE_LIMITED:
      return "the platform asks us to slow down";
    case LB_RETRY:
      return "the platform is in trouble";
    case LB_CONFLICT:
      return "the platform has no such thing, or it has changed";
    case LB_CONFIG:
      return "the platform does not serve this address or account";
    default:
      return "the platform refuses what we sent";
  }
}

// ---- HTTP dates

Maybe<int> month_of(std::string_view name) {
  static constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (name.size() != 3) return std::nullopt;
  const std::string low{lower(name[0]), lower(name[1]), lower(name[2])};
  const auto at = kMonths.find(low);
  if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  return static_cast<int>(at / 3) + 1;
}

Maybe<int> whole(std::string_view text) {
  int out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || out < 0) {
    return std::nullopt;
  }
  return out;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!(text = trimmed(text)).empty()) {
    const auto end = std::min(text.find_first_of(" \t-"), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Maybe<std::int64_t> clock_ms(std::string_view text) {  // HH:MM:SS
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto h = whole(text.substr(0, 2)), m = whole(text.substr(3, 2)),
             s = whole(text.substr(6, 2));
  if (!h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
  return (std::int64_t{*h} * 3600 + *m * 60 + *s) * 1000;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994".
Maybe<std::int64_t> http_date_ms(std::string_view text, Timestamp now) {
  std::vector<std::string_view> words = words_of(text);
  std::string_view day, month, year, clock;
  if (words.size() == 6 && words[0].ends_with(',')) {
    day = words[1], month = words[2], year = words[3], clock = words[4];
  } else if (words.size() == 5) {
    month = words[1], day = words[2], clock = words[3], year = words[4];
  } else {
    return std::nullopt;
  }
  auto y = whole(year);
  const auto m = month_of(month), d = whole(day);
  const auto time = clock_ms(clock);
  if (!y || !m || !d || !time) return std::nullopt;
  if (year.size() == 2) {  // the closest such year that is not far in the future
    const int this_year = std::stoi(now.utc_date().text().substr(0, 4));
    *y += this_year / 100 * 100;
    if (*y > this_year + 50) *y -= 100;
  }
  const auto date = Date::from_civil(*y, static_cast<unsigned>(*m), static_cast<unsigned>(*d));
  if (!date) return std::nullopt;
  return std::int64_t{date->days} * 86'400'000 + *time;
}

}  // namespace

Maybe<std::uint64_t> retry_after_ms(std::string_view header, Timestamp now) {
  constexpr std::int64_t kDay = 86'400'000;
  header = trimmed(header);
  if (header.empty()) return std::nullopt;
  std::int64_t wait = 0;
  if (header.find_first_not_of("0123456789.") == std::string_view::npos) {
    const auto dot = header.find('.');
    const std::string_view seconds = header.substr(0, dot);
    std::string fraction(dot == std::string_view::npos ? "" : header.substr(dot + 1));
    if (fraction.find('.') != std::string::npos || seconds.empty()) return std::nullopt;
    fraction = (fraction + "000").substr(0, 3);
    const auto whole_seconds = seconds.size() > 6 ? Maybe<int>(kDay / 1000) : whole(seconds);
    if (!whole_seconds) return std::nullopt;
    wait = std::int64_t{*whole_seconds} * 1000 + whole(fraction).value_or(0);
  } else {
    const auto date = http_date_ms(header, now);
    if (!date) return std::nullopt;
    wait = *date - now.ms;
  }
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(wait, 0, kDay));
}

Maybe<std::string> HttpReply::header(std::string_view name) const {
  for (const HttpHeader& header : headers_) {
    if (same_name(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::string HttpReply::next_link() const {
  for (const HttpHeader& header : headers_) {
    if (!same_name(header.name, "link")) continue;
    std::string_view rest = header.value;
    while (true) {
      const auto open = rest.find('<');
      const auto close = rest.find('>', open);
      if (open == std::string_view::npos || close == std::string_view::npos) break;
      const std::string_view target = rest.substr(open + 1, close - open - 1);
      rest = rest.substr(close + 1);
      const std::string_view parameters = rest.substr(0, rest.find('<'));
      const auto rel = parameters.find("rel=");
      if (rel == std::string_view::npos) continue;
      std::string_view value = parameters.substr(rel + 4);
      if (value.starts_with('"')) value = value.substr(1, value.find('"', 1) - 1);
      for (const std::string_view word : words_of(value.substr(0, value.find_first_of(";,")))) {
        if (same_name(word, "next")) return std::string(target);
      }
    }
  }
  return {};
}

Json HttpReply::json() const {
  const std::string_view body = trimmed(body_);
  if (body.starts_with('<')) {
    throw Failure(LB_RETRY, "the platform answered with a page for people instead of data");
  }
  std::string pointer;
  std::string message;
  try {
    return Json::parse(body_);
  } catch (const Failure& failure) {
    message = failure.message;
    pointer = failure.path;
  }
  throw Failure(LB_RETRY, "the platform's answer can't be read: " + message, pointer);
}

void HttpReply::expect_ok(Timestamp now, std::string_view what) const {
  if (ok()) return;
  const lb_status status = status_of_code(code_);
  std::uint64_t wait = 0;
  if (const auto after = header("retry-after"))
    wait = lotbridge::retry_after_ms(*after, now).value_or(0);
  const std::string code = std::to_string(code_);
  throw Failure(status, std::string(what) + " was answered " + code + ": " + meaning(status), {},
                code, wait);
}

std::string secret(std::string_view name) { return "{{secret:" + std::string(name) + "}}"; }

std::string basic_auth(std::string_view user_secret, std::string_view password_secret) {
  return "Basic {{base64:" + secret(user_secret) + ":" + secret(password_secret) + "}}";
}

std::string url_encoded(std::string_view part) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace lotbridge
