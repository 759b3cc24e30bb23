// A small blocking HTTP client over a raw socket, for tests: says exactly what bytes go and come.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lotbridge::api {

struct Reply {
  int status = 0;                              // 0: the connection ended before an answer
  std::map<std::string, std::string> headers;  // lower case
  std::string body;                            // chunks joined
};

class TestClient {
 public:
  explicit TestClient(std::uint16_t port,
                      std::chrono::milliseconds patience = std::chrono::seconds(10));
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // false: the other side is gone.
  bool send(std::string_view bytes);
  void shutdown_send();
  Reply receive();
  // Everything until the other side closes or patience ends.
  std::string receive_all();
  // Waits until `text` has come (in what came since the last call); what came, or "" when it did
  // not.
  std::string receive_until(std::string_view text);
  bool closed();  // the other side closed within patience

  Reply get(const std::string& target, const std::string& headers = {});
  Reply post(const std::string& target, std::string_view body, const std::string& headers = {});

 private:
  bool fill();  // reads some more; false: end or timeout
  std::string take_chunks();

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace lotbridge::api
