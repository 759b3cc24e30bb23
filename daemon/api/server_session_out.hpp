// How a connection answers: handlers, whole answers, streams, and the end. See server_session.hpp.
#pragma once

#include "daemon/api/problem.hpp"
#include "daemon/api/server_head.hpp"
#include "daemon/api/server_session.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::api {

template <typename Stream>
void Connection<Stream>::dispatch() {
  if (route_->stream) {
    phase_ = Phase::stream;
    opened_ = finishing_ = writing_ = digesting_ = stalled_ = false;
    outgoing_.clear();
    unsent_ = 0;
    head_out_.clear();
    unlimited();
    inlet_ = route_->stream(std::move(request_), std::make_shared<ConnectionOutlet>(self()));
    if (pieces_coming_ && intake_.head().expects_continue) return continue_then_read();
    if (!pieces_coming_) inlet_->end();
    return advance_pieces();
  }
  phase_ = Phase::answer;
  within(limits().answer_time);
  // Weak: a handler may keep this longer than the connection lives.
  Respond respond = [weak = this->weak_from_this(), serial = serial_](Response response) {
    const auto self = weak.lock();
    if (!self) return;
    asio::dispatch(self->executor(), [self, serial, response = std::move(response)]() mutable {
      // An answer that comes after its time ran out is nobody's any more.
      if (serial == self->serial_ && self->phase_ == Phase::answer) {
        self->answer(std::move(response));
      }
    });
  };
  if (!route_->blocking) return call_handler(respond);
  asio::post(*shared_->readers,
             [self = self(), respond = std::move(respond)] { self->call_handler(respond); });
}

// The request is not touched by anybody else between dispatch and answer.
template <typename Stream>
void Connection<Stream>::call_handler(const Respond& respond) {
  try {
    route_->handler(std::move(request_), respond);
  } catch (const std::exception& thrown) {
    log::error("a handler threw", {{"route", route_->pattern}, {"what", thrown.what()}});
    respond(problem_response(500, "unavailable",
                             "This call failed inside the daemon; its log says more."));
  }
}

template <typename Stream>
void Connection<Stream>::answer(Response response) {
  phase_ = Phase::write;
  within(limits().write_time);
  out_ = std::move(response);
  if (shared_->stopping) close_after_ = true;
  if (shared_->observe) {
    shared_->observe(route_ ? std::string_view(route_->pattern) : std::string_view(),
                     intake_.head().method, out_.status, Clock::now() - begun_);
  }
  head_out_ =
      response_head(out_, {.close = close_after_, .chunked = false, .length = out_.body.size()});
  if (head_only_) out_.body.clear();
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_out_), asio::buffer(out_.body)};
  asio::async_write(stream_, buffers, [self = self()](const error_code& error, std::size_t) {
    if (self->phase_ == Phase::closed) return;
    if (error) return self->close();
    self->end_answer();
  });
}

template <typename Stream>
void Connection<Stream>::end_answer() {
  if (close_after_ || shared_->stopping) return linger();
  next_request();
}

// ---------------------------------------------------------------- streams

template <typename Stream>
void Connection<Stream>::advance_pieces() {
  if (!pieces_coming_) return watch();
  if (digesting_) return;
  const auto step = intake_.read_body();
  if (step == Intake::Step::failed)
    return close();  // the answer has begun, so there is no place for a problem
  std::string piece = std::move(intake_.body());
  intake_.body().clear();
  if (!piece.empty()) {
    digesting_ = true;
    return inlet_->take(piece, [self = self()] {
      asio::post(self->executor(), [self] {
        if (self->phase_ != Phase::stream) return;
        self->digesting_ = false;
        self->resume_pieces();
      });
    });
  }
  if (step == Intake::Step::need_more) return read();
  pieces_coming_ = false;
  inlet_->end();
  watch();
}

// Reads only to notice that the client went away.
template <typename Stream>
void Connection<Stream>::watch() {
  if (intake_.buffered() > kDropMax) return close();
  read();
}

template <typename Stream>
void Connection<Stream>::resume_pieces() {
  stalled_ = unsent_ > kUnsentMax;
  if (!stalled_ && !digesting_) advance_pieces();
}

template <typename Stream>
void Connection<Stream>::open_stream(const std::string& content_type) {
  if (phase_ != Phase::stream || opened_) return;
  opened_ = true;
  Response response;
  response.content_type = content_type;
  head_out_ = response_head(response, {.close = close_after_, .chunked = chunked_, .length = {}});
  flush();
}

template <typename Stream>
void Connection<Stream>::flush() {
  if (phase_ != Phase::stream || !opened_ || writing_) return;
  std::string piece;
  while (!outgoing_.empty() && piece.size() < kWriteMax) {
    piece += outgoing_.front();
    outgoing_.pop_front();
  }
  const bool last = finishing_ && outgoing_.empty();
  sending_ = std::exchange(head_out_, {});
  if (!piece.empty()) sending_ += chunked_ ? chunk_of(piece) : piece;
  if (last && chunked_) sending_ += "0\r\n\r\n";
  if (sending_.empty() && !last) return pace_stream();
  writing_ = true;
  pace_stream();
  asio::async_write(
      stream_, asio::buffer(sending_),
      [self = self(), size = piece.size(), last](const error_code& error, std::size_t) {
        self->after_piece(error, size, last);
      });
}

template <typename Stream>
void Connection<Stream>::after_piece(const error_code& error, std::size_t bytes, bool last) {
  if (phase_ == Phase::closed) return;
  writing_ = false;
  unsent_ -= bytes;
  if (error) return close();
  if (last) {
    inlet_.reset();
    if (shared_->observe) {
      shared_->observe(route_->pattern, route_->method, 200, Clock::now() - begun_);
    }
    return linger();
  }
  if (stalled_) resume_pieces();
  flush();
}

// A stream may wait for the engine as long as it likes, but a client must take what we send and
// send what it announced.
template <typename Stream>
void Connection<Stream>::pace_stream() {
  if (writing_) {
    within(limits().write_time);
  } else if (pieces_coming_ && !digesting_ && !stalled_) {
    within(limits().body_time);
  } else {
    unlimited();
  }
}

// ---------------------------------------------------------------- the end

// Says that nothing more comes and takes what the client still sends: closing at once would make
// the kernel throw away the answer together with the unread bytes.
template <typename Stream>
void Connection<Stream>::linger() {
  phase_ = Phase::linger;
  within(kLingerTime);
  if constexpr (!std::is_same_v<Stream, Tcp>) {
    if (intake_.complete() && !reading_) {
      stream_.async_shutdown([self = self()](const error_code&) { self->close(); });
      return;
    }
  }
  error_code ignored;
  socket().shutdown(Tcp::shutdown_send, ignored);
  if (!reading_) drop_some();
}

template <typename Stream>
void Connection<Stream>::drop_some() {
  socket().async_read_some(asio::buffer(dropped_),
                           [self = self()](const error_code& error, std::size_t bytes) {
                             if (self->phase_ == Phase::closed) return;
                             self->lingered_ += bytes;
                             if (error || self->lingered_ > kLingerMax) return self->close();
                             self->drop_some();
                           });
}

template <typename Stream>
void Connection<Stream>::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  if (const auto inlet = std::exchange(inlet_, nullptr)) inlet->gone();
  timer_.cancel();
  error_code ignored;
  socket().shutdown(Tcp::shutdown_both, ignored);
  socket().close(ignored);
}

}  // namespace lotbridge::api
