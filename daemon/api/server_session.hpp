// The life of one connection, over plain TCP or TLS: read a request, have it handled, write the
// answer, again.
//
// Everything runs on the connection's strand; answers and pieces of streams are posted to it. Only
// server_connection.cpp includes this, and the two headers with the members' bodies.
#pragma once

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <exception>

#include "daemon/api/server_connection.hpp"
#include "daemon/api/server_intake.hpp"

namespace lotbridge::api {
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Tcp = asio::ip::tcp::socket;
using Tls = asio::ssl::stream<Tcp>;
using boost::system::error_code;

// A refused body up to this size is read and dropped so that the connection can be kept; a larger
// one costs it.
inline constexpr std::uint64_t kDropMax = 64 * 1024;
// After an answer that leaves a body unread: so much of it is taken before the socket closes, else
// the client may never see the answer.
inline constexpr std::size_t kLingerMax = 32 * 1024 * 1024;
inline constexpr std::chrono::milliseconds kLingerTime{2'000};
inline constexpr std::chrono::milliseconds kTickMax{4'000};
inline constexpr std::size_t kWriteMax = 64 * 1024;
inline constexpr std::size_t kUnsentMax = 1024 * 1024;

class ConnectionOutlet final : public Outlet {
 public:
  explicit ConnectionOutlet(std::weak_ptr<ConnectionBase> connection)
      : connection_(std::move(connection)) {}
  void start(std::string content_type) override {
    if (const auto to = connection_.lock()) to->stream_start(std::move(content_type));
  }
  void send(std::string piece) override {
    if (const auto to = connection_.lock()) to->stream_send(std::move(piece));
  }
  void finish() override {
    if (const auto to = connection_.lock()) to->stream_finish();
  }
  std::size_t unsent() const override {
    const auto to = connection_.lock();
    return to ? to->stream_unsent() : 0;
  }

 private:
  std::weak_ptr<ConnectionBase> connection_;
};

template <typename Stream>
class Connection final : public ConnectionBase,
                         public std::enable_shared_from_this<Connection<Stream>> {
 public:
  template <typename... Arguments>
  explicit Connection(std::shared_ptr<ServerShared> shared, Arguments&&... stream)
      : shared_(std::move(shared)),
        stream_(std::forward<Arguments>(stream)...),
        timer_(stream_.get_executor()),
        intake_(shared_->settings.header_max) {
    ++shared_->open;
  }
  ~Connection() override {
    shared_->leave(this);
    --shared_->open;
  }

  void begin() {
    shared_->join(this->shared_from_this());
    asio::post(executor(), [self = self()] {
      self->within(self->limits().header_time);
      self->tick();
      self->shake_hands();
    });
  }

  void wind_up() override {
    asio::post(executor(), [self = self()] {
      if (self->phase_ == Phase::idle) self->close();
      if (self->phase_ == Phase::stream && !self->pieces_coming_) self->close();
    });
  }
  void stream_start(std::string type) override {
    asio::post(executor(), [self = self(), type = std::move(type)] { self->open_stream(type); });
  }
  void stream_send(std::string piece) override {
    unsent_ += piece.size();
    asio::post(executor(), [self = self(), piece = std::move(piece)]() mutable {
      if (self->phase_ == Phase::closed) return;
      self->outgoing_.push_back(std::move(piece));
      self->flush();
    });
  }
  void stream_finish() override {
    asio::post(executor(), [self = self()] {
      self->finishing_ = true;
      self->flush();
    });
  }
  std::size_t stream_unsent() const override { return unsent_; }

 private:
  enum class Phase { handshake, idle, header, body, answer, write, stream, linger, closed };

  std::shared_ptr<Connection> self() { return this->shared_from_this(); }
  auto executor() { return stream_.get_executor(); }
  const ServerSettings& limits() const { return shared_->settings; }
  Tcp& socket() {
    if constexpr (std::is_same_v<Stream, Tcp>) {
      return stream_;
    } else {
      return stream_.next_layer();
    }
  }

  // ---- time
  void within(std::chrono::milliseconds time) { deadline_ = Clock::now() + time; }
  void unlimited() { deadline_ = Clock::time_point::max(); }
  void tick();
  void run_out_of_time();

  // ---- reading
  void shake_hands();
  void next_request();
  void read();
  void advance();
  void advance_header();
  void accept_header();
  std::optional<Response> check_header();
  void advance_body();
  void advance_pieces();
  void resume_pieces();
  void watch();
  void continue_then_read();

  // ---- answering
  void dispatch();
  void call_handler(const Respond&);
  void answer(Response);
  void end_answer();
  void open_stream(const std::string& content_type);
  void flush();
  void after_piece(const error_code&, std::size_t bytes, bool last);
  void pace_stream();
  void linger();
  void drop_some();
  void close();

  std::shared_ptr<ServerShared> shared_;
  Stream stream_;
  asio::steady_timer timer_;
  Clock::time_point deadline_;
  Intake intake_;
  Phase phase_ = Phase::handshake;
  bool reading_ = false;

  // The request under way.
  Request request_;
  const Route* route_ = nullptr;
  std::optional<Response> refusal_;  // said after the body was dropped
  Clock::time_point begun_;
  std::uint64_t serial_ = 0;
  bool close_after_ = false;
  bool head_only_ = false;
  std::string head_out_;
  Response out_;
  std::size_t lingered_ = 0;
  std::array<char, 4096> dropped_;

  // A stream under way.
  std::shared_ptr<Inlet> inlet_;
  bool pieces_coming_ = false;  // its body is not complete
  bool digesting_ = false;      // the inlet has a piece and did not ask for more yet
  bool stalled_ = false;        // the client does not take what we send, so we take nothing either
  bool chunked_ = false;
  std::deque<std::string> outgoing_;
  std::string sending_;
  bool opened_ = false;
  bool writing_ = false;
  bool finishing_ = false;
  std::atomic<std::size_t> unsent_{0};
};

}  // namespace lotbridge::api
