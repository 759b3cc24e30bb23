// The least there is: is the account all right, and what has left the house?
#include <lotbridge/sdk.hpp>

#include "hello.descriptor.hpp"  // made from descriptor.json

namespace lb = lotbridge;

class Hello final : public lb::Carrier {
 public:
  // Made once per account; no input or output here.
  explicit Hello(const lb::Json& settings)
      : base_("https://" + settings["account"].text() + ".example") {}

  // http() expects 2xx and throws the right status otherwise.
  void check_account(lb::Call& call) override {
    const auto account = call.http({.url = base_ + "/account", .secret = "token"}).json();
    call.result(lb::json_object({{"account", account["name"]}}));
  }

  // A short list: all of it each time. What the daemon has already it drops.
  void pull_dispatches(lb::Call& call, const lb::Pull&) override {
    const auto answer = call.http({.url = base_ + "/shipments", .secret = "token"}).json();
    for (const auto& item : answer["shipments"].items()) {
      lb::Dispatch dispatch;
      dispatch.order = item["order"].text();
      dispatch.lines.emplace_back();
      dispatch.lines.back().sku = item["sku"].text();
      dispatch.lines.back().quantity = item["quantity"].quantity();
      lb::Document document;
      document.id = item["id"].text();
      document.body = dispatch;
      call.emit(document);
    }
  }

 private:
  std::string base_;
};

LOTBRIDGE_CONNECTOR(Hello, kHelloDescriptor)
