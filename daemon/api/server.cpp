#include "daemon/api/server.hpp"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>

#include <thread>
#include <vector>

#include "daemon/api/problem.hpp"
#include "daemon/api/server_connection.hpp"
#include "daemon/api/server_head.hpp"
#include "daemon/api/tls.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::api {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class Listener final : public Server {
 public:
  Listener(const ServerSettings& settings, const RouteTable& routes, const Gate& gate,
           Observer observe)
      : shared_(std::make_shared<ServerShared>(settings, routes, gate, std::move(observe))),
        acceptor_(asio::make_strand(io_)),
        pause_(acceptor_.get_executor()) {}
  ~Listener() override { stop(); }

  Refused open() {
    const auto& settings = shared_->settings;
    if (!settings.certificate_file.empty()) {
      auto context = make_tls_context(settings.certificate_file, settings.private_key_file);
      if (!context) return context.problem();
      tls_ = std::move(*context);
    }
    error_code error;
    const auto address = asio::ip::make_address(settings.address, error);
    const tcp::endpoint endpoint(address, settings.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) {
      return Problem{"unavailable",
                     "Cannot listen on " + settings.address + ":" + std::to_string(settings.port) +
                         ": " + error.message() + ".",
                     {}};
    }
    return std::nullopt;
  }

  void run() {
    shared_->readers = std::make_unique<asio::thread_pool>(
        static_cast<std::size_t>(std::max(1, shared_->settings.readers)));
    asio::post(acceptor_.get_executor(), [this] { accept(); });
    for (int i = 0; i < std::max(1, shared_->settings.threads); ++i) {
      threads_.emplace_back([this] {
        pthread_setname_np(pthread_self(), "lb-listener");  // seen in top -H and in measurements
        io_.run();
      });
    }
  }

  std::uint16_t port() const override { return port_; }
  std::size_t connections() const override { return shared_->open; }

  void stop() override {
    if (threads_.empty()) return;
    shared_->stopping = true;
    asio::post(acceptor_.get_executor(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    });
    const auto until = std::chrono::steady_clock::now() + shared_->settings.stop_time;
    while (shared_->open > 0 && std::chrono::steady_clock::now() < until) {
      shared_->wind_up_all();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    work_.reset();
    io_.stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    shared_->readers->join();
  }

 private:
  void accept() {
    acceptor_.async_accept(
        asio::make_strand(io_), [this](const error_code& error, tcp::socket socket) {
          if (shared_->stopping) return;
          if (error) {
            // Out of descriptors, mostly: waiting is better than spinning.
            log::warning("cannot accept a connection", {{"error", error.message()}});
            pause_.expires_after(std::chrono::milliseconds(100));
            pause_.async_wait([this](const error_code&) {
              if (!shared_->stopping) accept();
            });
            return;
          }
          error_code ignored;
          socket.set_option(tcp::no_delay(true), ignored);
          if (shared_->open >= shared_->settings.connections_max) {
            refuse(std::move(socket));
          } else {
            serve(std::move(socket), tls_.get(), shared_);
          }
          accept();
        });
  }

  // Too many connections: a plain client is told, a TLS one finds the door closed.
  void refuse(tcp::socket socket) {
    if (tls_) return;
    const Response response =
        problem_response(503, "unavailable", "Too many connections are open.");
    auto text = std::make_shared<std::string>(
        response_head(response, {.close = true, .chunked = false, .length = response.body.size()}) +
        response.body);
    auto kept = std::make_shared<tcp::socket>(std::move(socket));
    asio::async_write(*kept, asio::buffer(*text), [kept, text](const error_code&, std::size_t) {
      error_code ignored;
      kept->shutdown(tcp::socket::shutdown_both, ignored);
    });
  }

  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::shared_ptr<ServerShared> shared_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::vector<std::thread> threads_;
  std::uint16_t port_ = 0;
};

}  // namespace

Refused check_tls(const ServerSettings& settings) {
  const auto context = make_tls_context(settings.certificate_file, settings.private_key_file);
  if (context) return std::nullopt;
  return context.problem();
}

Result<std::unique_ptr<Server>> Server::start(const ServerSettings& settings,
                                              const RouteTable& routes, const Gate& gate,
                                              Observer observe) {
  auto listener = std::make_unique<Listener>(settings, routes, gate, std::move(observe));
  if (auto refused = listener->open()) return *refused;
  listener->run();
  return std::unique_ptr<Server>(std::move(listener));
}

}  // namespace lotbridge::api
