// The sandbox store as the other side of a connector under test: its own process, asked over real
// HTTP.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include <lotbridge/testing.hpp>

namespace lotbridge::shopify {

class Shop {
 public:
  // Null where there is no node: the test is then skipped.
  static std::unique_ptr<Shop> open(const std::vector<std::string>& options = {});
  ~Shop();
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  // /sandbox/ calls; anything but 2xx fails the running test.
  Json get(const std::string& path);
  Json post(const std::string& path, const std::string& body);
  // The calls of one operation so far.
  std::int64_t calls(const std::string& operation);

  // Sends what the connector asks of the platform there instead; a broken connection is LB_RETRY.
  testing::Answered answer(const HttpRequest& request);
  std::unique_ptr<testing::Replay> connector(const std::string& more_settings = "");

 private:
  Shop() = default;
  testing::Answered send(const std::string& method, const std::string& path,
                         const std::vector<HttpHeader>& headers, const std::string& body);

  pid_t process_ = -1;
  std::string base_;
  std::string folder_;
};

}  // namespace lotbridge::shopify
