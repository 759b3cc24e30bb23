#include "daemon/api/server_head.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

namespace lotbridge::api {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 18> kReasons{
    {{200, "OK"},
     {202, "Accepted"},
     {204, "No Content"},
     {400, "Bad Request"},
     {401, "Unauthorized"},
     {403, "Forbidden"},
     {404, "Not Found"},
     {405, "Method Not Allowed"},
     {408, "Request Timeout"},
     {409, "Conflict"},
     {413, "Content Too Large"},
     {415, "Unsupported Media Type"},
     {422, "Unprocessable Content"},
     {429, "Too Many Requests"},
     {431, "Request Header Fields Too Large"},
     {500, "Internal Server Error"},
     {501, "Not Implemented"},
     {503, "Service Unavailable"}}};

// Written out by hand: strftime would take the names of days from the locale.
const std::string& date_text() {
  thread_local std::time_t last = -1;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != last) {
    static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                  kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                  kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                  parts.tm_hour, parts.tm_min, parts.tm_sec);
    text = buffer.data();
    last = now;
  }
  return text;
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  }
  out += "\r\n";
}

}  // namespace

std::string_view reason_phrase(int status) {
  for (const auto& [number, phrase] : kReasons) {
    if (number == status) return phrase;
  }
  return "Unknown";
}

std::string response_head(const Response& response, const HeadOptions& options) {
  std::string out;
  out.reserve(256);
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  append_header(out, "Date", date_text());
  if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
  if (options.chunked) {
    append_header(out, "Transfer-Encoding", "chunked");
  } else if (options.length) {
    append_header(out, "Content-Length", std::to_string(*options.length));
  }
  append_header(out, "Cache-Control", "no-store");
  for (const auto& [name, value] : response.headers) append_header(out, name, value);
  if (options.close) append_header(out, "Connection", "close");
  out += "\r\n";
  return out;
}

std::string chunk_of(std::string_view piece) {
  std::array<char, 32> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
  std::string out(size.data());
  out += piece;
  out += "\r\n";
  return out;
}

}  // namespace lotbridge::api
