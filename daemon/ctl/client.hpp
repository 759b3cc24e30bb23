// How lotctl talks to the daemon: one blocking call, one answer.
//
// The address and the token come from options or from LOTBRIDGE_URL, LOTBRIDGE_TOKEN; the token
// itself never stands in argv (only the name of the file that holds it). One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lotbridge/status.hpp>

namespace lotbridge::host {
class HttpClient;
struct WireRequest;
}  // namespace lotbridge::host

namespace lotbridge::ctl {

struct Reply {
  int status = 0;
  std::string body;
  bool ok() const { return status >= 200 && status < 300; }
};

using Query = std::vector<std::pair<std::string, std::string>>;

class Client {
 public:
  Client(std::string url, std::string token, std::string actor);
  Client(Client&&) noexcept;
  ~Client();

  // A Problem with code "unreachable" means that nobody answered.
  Result<Reply> get(std::string_view path, const Query& query = {}, std::string_view accept = {});
  Result<Reply> post(std::string_view path, std::string_view body,
                     std::string_view content_type = "application/json");

  // Percent-encodes one part of a path: "#1001" -> "%231001".
  static std::string part(std::string_view text);
  const std::string& url() const { return url_; }

 private:
  Result<Reply> send(host::WireRequest request);

  std::string url_, token_, actor_;
  std::unique_ptr<host::HttpClient> http_;
};

}  // namespace lotbridge::ctl
