// One account for running operations by hand: its configuration, and a line to its platform.
//
// The configuration is a connector's entry of lotbridge.yaml; ${NAME} in it is filled in from the
// environment. Secrets stay on this side of the line, as in the daemon. One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <lotbridge/cassette.hpp>
#include <lotbridge/status.hpp>
#include <lotbridge/testing.hpp>

namespace lotbridge::connector_tool {

struct Account {
  std::string name, settings = "{}", base_url;
  std::map<std::string, std::string> secrets;
};

// An empty path gives an account without settings.
Result<Account> read_account(const std::string& path);

// Real requests, with the limits, checks and repeats of the daemon.
class Line {
 public:
  static Result<std::unique_ptr<Line>> open(const std::string& descriptor, const Account& account);
  virtual ~Line() = default;
  virtual testing::Answered send(const HttpRequest& request) = 0;
  virtual void record(std::function<void(Exchange)> recorder) = 0;
  virtual Timestamp now() const = 0;
  // Why the last request got no answer.
  virtual const std::string& reason() const = 0;
};

}  // namespace lotbridge::connector_tool
