// What the listener and its connections share; only server*.cpp include this.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "daemon/api/server.hpp"

namespace lotbridge::api {

class ConnectionBase {
 public:
  virtual ~ConnectionBase() = default;
  // No further requests: closes now when idle or streaming, else after the answer under way. Any
  // thread.
  virtual void wind_up() = 0;
  // What an Outlet needs; any thread.
  virtual void stream_start(std::string content_type) = 0;
  virtual void stream_send(std::string piece) = 0;
  virtual void stream_finish() = 0;
  virtual std::size_t stream_unsent() const = 0;
};

struct ServerShared {
  ServerShared(const ServerSettings& s, const RouteTable& r, const Gate& g, Observer o)
      : settings(s), routes(r), gate(g), observe(std::move(o)) {}

  const ServerSettings settings;
  const RouteTable& routes;
  const Gate& gate;
  const Observer observe;
  std::unique_ptr<boost::asio::thread_pool> readers;
  std::atomic<std::size_t> open{0};
  std::atomic<bool> stopping{false};

  void join(const std::shared_ptr<ConnectionBase>&);
  void leave(ConnectionBase*);
  void wind_up_all();

 private:
  std::mutex mutex_;
  std::map<ConnectionBase*, std::weak_ptr<ConnectionBase>> connections_;
};

// `context` null: plain. The socket's executor is a strand of its own.
void serve(boost::asio::ip::tcp::socket, boost::asio::ssl::context* context,
           std::shared_ptr<ServerShared>);

}  // namespace lotbridge::api
