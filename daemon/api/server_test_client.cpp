#include "daemon/api/server_test_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace lotbridge::api {

TestClient::TestClient(std::uint16_t port, std::chrono::milliseconds patience)
    : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  timeval time{};
  time.tv_sec = patience.count() / 1000;
  time.tv_usec = (patience.count() % 1000) * 1000;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    socket_ = -1;
  }
}

TestClient::~TestClient() {
  if (socket_ >= 0) ::close(socket_);
}

bool TestClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void TestClient::shutdown_send() { ::shutdown(socket_, SHUT_WR); }

bool TestClient::fill() {
  std::array<char, 16 * 1024> piece{};
  const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
  if (got <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

std::string TestClient::take_chunks() {
  std::string body;
  for (;;) {
    auto end = buffer_.find("\r\n");
    while (end == std::string::npos) {
      if (!fill()) return body;
      end = buffer_.find("\r\n");
    }
    const auto size = std::strtoul(buffer_.c_str(), nullptr, 16);
    while (buffer_.size() < end + 2 + size + 2) {
      if (!fill()) return body;
    }
    body += buffer_.substr(end + 2, size);
    buffer_.erase(0, end + 2 + size + 2);
    if (size == 0) return body;
  }
}

Reply TestClient::receive() {
  Reply reply;
  auto end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!fill()) return reply;
    end = buffer_.find("\r\n\r\n");
  }
  std::string_view head = std::string_view(buffer_).substr(0, end + 2);
  reply.status = std::atoi(std::string(head.substr(9, 3)).c_str());
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const auto line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size() + 2);
    const auto colon = line.find(": ");
    std::string name(line.substr(0, colon));
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    reply.headers[name] = std::string(line.substr(colon + 2));
  }
  buffer_.erase(0, end + 4);
  if (reply.status == 100) return receive();
  if (reply.headers.contains("transfer-encoding")) {
    reply.body = take_chunks();
    return reply;
  }
  const auto size = std::strtoul(reply.headers["content-length"].c_str(), nullptr, 10);
  while (buffer_.size() < size && fill()) {
  }
  reply.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return reply;
}

std::string TestClient::receive_all() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

std::string TestClient::receive_until(std::string_view text) {
  auto at = buffer_.find(text);
  while (at == std::string::npos) {
    if (!fill()) return {};
    at = buffer_.find(text);
  }
  std::string got = buffer_.substr(0, at + text.size());
  buffer_.erase(0, at + text.size());
  return got;
}

bool TestClient::closed() {
  std::array<char, 256> piece{};
  for (;;) {
    const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
    if (got == 0) return true;
    if (got < 0) return errno == ECONNRESET;
  }
}

Reply TestClient::get(const std::string& target, const std::string& headers) {
  send("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
  return receive();
}

Reply TestClient::post(const std::string& target, std::string_view body,
                       const std::string& headers) {
  send("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
       "\r\n" + headers + "\r\n");
  send(body);
  return receive();
}

}  // namespace lotbridge::api
