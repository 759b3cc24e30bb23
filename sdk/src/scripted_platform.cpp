#include <lotbridge/scripted_platform.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace lotbridge::testing {
namespace {

int listening(std::uint16_t& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(fd, 64) != 0 || getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no loopback socket");
  }
  port = ntohs(address.sin_port);
  return fd;
}

std::string low(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

Received head_of(const std::string& head) {
  Received out;
  std::size_t at = head.find("\r\n");
  const std::string line = head.substr(0, at);
  const auto first = line.find(' '), last = line.rfind(' ');
  out.method = line.substr(0, first);
  out.target = line.substr(first + 1, last - first - 1);
  while (at != std::string::npos && at + 2 < head.size()) {
    const auto end = head.find("\r\n", at + 2);
    const std::string header = head.substr(at + 2, end - at - 2);
    const auto colon = header.find(": ");
    if (colon != std::string::npos)
      out.headers[low(header.substr(0, colon))] = header.substr(colon + 2);
    at = end;
  }
  return out;
}

void send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

struct ScriptedPlatform::Inner {
  std::uint16_t port = 0;
  int listener = -1;
  std::atomic<bool> closing{false};
  std::atomic<std::size_t> connections{0};
  mutable std::mutex mutex;
  std::deque<Scripted> script;                         // guarded by mutex
  std::function<Scripted(const Received&)> otherwise;  // guarded by mutex
  std::vector<Received> received;                      // guarded by mutex
  std::vector<std::thread> threads;  // the accepting thread's, joined by the destructor
  std::thread accepting;

  // False when the platform closes or the client went away.
  bool readable(int fd) const {
    while (!closing) {
      pollfd wait{fd, POLLIN, 0};
      if (poll(&wait, 1, 20) > 0) return true;
    }
    return false;
  }

  void accept_all() {
    while (readable(listener)) {
      const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      ++connections;
      threads.emplace_back([this, fd] {
        serve(fd);
        close(fd);
      });
    }
  }

  // Reads until `text` has at least `size` bytes (or, with 0, a whole head).
  bool read_more(int fd, std::string& text, std::size_t size) const {
    while (size == 0 ? text.find("\r\n\r\n") == std::string::npos : text.size() < size) {
      char buffer[16384];
      if (!readable(fd)) return false;
      const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
      if (got <= 0) return false;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return true;
  }

  void serve(int fd) {
    std::string text;
    while (read_more(fd, text, 0)) {
      const auto end = text.find("\r\n\r\n") + 4;
      Received request = head_of(text.substr(0, end - 2));
      const std::size_t length =
          std::strtoul(request.headers["content-length"].c_str(), nullptr, 10);
      if (!read_more(fd, text, end + length)) return;
      request.body = text.substr(end, length);
      text.erase(0, end + length);
      if (!answer(fd, request)) return;
    }
  }

  bool answer(int fd, const Received& request) {
    Scripted scripted;
    std::function<Scripted(const Received&)> asked;
    {
      const std::lock_guard lock(mutex);
      received.push_back(request);
      asked = otherwise;
      if (!script.empty()) {
        scripted = std::move(script.front());
        script.pop_front();
        asked = nullptr;
      }
    }
    if (asked) scripted = asked(request);
    for (int waited = 0; waited < scripted.delay_ms && !closing; waited += 10) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    using Way = Scripted::Way;
    if (scripted.way == Way::mute) return false;
    if (scripted.way == Way::hang) return readable(fd) && false;
    std::string head = "HTTP/1.1 " + std::to_string(scripted.code) +
                       " X\r\nContent-Length: " + std::to_string(scripted.body.size()) + "\r\n";
    for (const auto& [name, value] : scripted.headers) head += name + ": " + value + "\r\n";
    const std::string body = scripted.way == Way::cut
                                 ? scripted.body.substr(0, scripted.body.size() / 2)
                                 : scripted.body;
    send_all(fd, head + "\r\n" + (request.method == "HEAD" ? "" : body));
    return scripted.way == Way::whole;
  }
};

ScriptedPlatform::ScriptedPlatform() : inner_(std::make_shared<Inner>()) {
  inner_->listener = listening(inner_->port);
  inner_->otherwise = [](const Received&) { return Scripted{}; };
  inner_->accepting = std::thread([inner = inner_.get()] { inner->accept_all(); });
}

ScriptedPlatform::~ScriptedPlatform() {
  inner_->closing = true;
  inner_->accepting.join();
  for (std::thread& thread : inner_->threads) thread.join();
  close(inner_->listener);
}

std::string ScriptedPlatform::url() const {
  return "http://127.0.0.1:" + std::to_string(inner_->port);
}

void ScriptedPlatform::then(Scripted answer) {
  const std::lock_guard lock(inner_->mutex);
  inner_->script.push_back(std::move(answer));
}

void ScriptedPlatform::otherwise(std::function<Scripted(const Received&)> answer) {
  const std::lock_guard lock(inner_->mutex);
  inner_->otherwise = std::move(answer);
}

std::vector<Received> ScriptedPlatform::received() const {
  const std::lock_guard lock(inner_->mutex);
  return inner_->received;
}

std::size_t ScriptedPlatform::connections() const { return inner_->connections; }

std::string closed_url() {
  std::uint16_t port = 0;
  close(listening(port));
  return "http://127.0.0.1:" + std::to_string(port);
}

}  // namespace lotbridge::testing
