// A platform that answers as a test tells it to, on a real loopback socket: well, late, half, or
// not at all.
//
// One thread per connection, HTTP/1.1 with keep-alive. Answers come from then() in order, and when
// those are used up from otherwise(). Any thread; the destructor closes everything.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lotbridge::testing {

struct Received {
  std::string method, target, body;
  std::map<std::string, std::string> headers;  // names in lower case
};

struct Scripted {
  int code = 200;
  std::string body = "{}";
  std::vector<std::pair<std::string, std::string>> headers = {};
  int delay_ms = 0;
  enum class Way {
    whole,
    cut,   // half of the body that was promised, then the connection is closed
    mute,  // the connection is closed without an answer
    hang   // no answer until the client gives up
  } way = Way::whole;
};

class ScriptedPlatform {
 public:
  ScriptedPlatform();
  ~ScriptedPlatform();
  ScriptedPlatform(const ScriptedPlatform&) = delete;
  ScriptedPlatform& operator=(const ScriptedPlatform&) = delete;

  std::string url() const;  // "http://127.0.0.1:PORT"
  void then(Scripted answer);
  void otherwise(std::function<Scripted(const Received&)> answer);
  std::vector<Received> received() const;
  std::size_t connections() const;

 private:
  struct Inner;
  std::shared_ptr<Inner> inner_;
};

// A port on which nobody listens: connecting is refused.
std::string closed_url();

}  // namespace lotbridge::testing
