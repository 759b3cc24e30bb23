// How a connection reads: timeouts, header, rights, body. See server_session.hpp.
#pragma once

#include "daemon/api/problem.hpp"
#include "daemon/api/server_session.hpp"
#include "daemon/api/server_target.hpp"

namespace lotbridge::api {

template <typename Stream>
void Connection<Stream>::tick() {
  const auto& s = limits();
  const auto shortest = std::min({kTickMax, s.header_time, s.body_time, s.idle_time, s.write_time});
  timer_.expires_after(std::max(shortest / 4, std::chrono::milliseconds(5)));
  timer_.async_wait([self = self()](const error_code& error) {
    if (error || self->phase_ == Phase::closed) return;
    if (Clock::now() >= self->deadline_) self->run_out_of_time();
    if (self->phase_ != Phase::closed) self->tick();
  });
}

template <typename Stream>
void Connection<Stream>::run_out_of_time() {
  switch (phase_) {
    case Phase::header:
    case Phase::body:
      close_after_ = true;
      answer(problem_response(408, "timeout", "The request did not arrive in time."));
      return;
    case Phase::answer:
      close_after_ = true;
      answer(problem_response(503, "unavailable",
                              "There was no answer in time; sending the same again does no harm."));
      return;
    default:
      close();
  }
}

template <typename Stream>
void Connection<Stream>::shake_hands() {
  if constexpr (std::is_same_v<Stream, Tcp>) {
    next_request();
  } else {
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = self()](const error_code& error) {
                              if (self->phase_ == Phase::closed) return;
                              if (error) {
                                self->close();
                              } else {
                                self->next_request();
                              }
                            });
  }
}

template <typename Stream>
void Connection<Stream>::next_request() {
  if (shared_->stopping) return close();
  intake_.next();
  request_ = {};
  route_ = nullptr;
  refusal_.reset();
  close_after_ = head_only_ = false;
  ++serial_;
  phase_ = Phase::idle;
  within(limits().idle_time);
  advance();
}

template <typename Stream>
void Connection<Stream>::read() {
  if (reading_) return;
  if (phase_ == Phase::stream) pace_stream();
  reading_ = true;
  const auto space = intake_.prepare();
  stream_.async_read_some(asio::buffer(space.data(), space.size()),
                          [self = self()](const error_code& error, std::size_t bytes) {
                            self->reading_ = false;
                            if (self->phase_ == Phase::closed) return;
                            if (error) {
                              // An answer that is being written still reaches a client that only
                              // closed its sending side.
                              if (self->phase_ != Phase::write) self->close();
                              return;
                            }
                            self->intake_.commit(bytes);
                            self->advance();
                          });
}

template <typename Stream>
void Connection<Stream>::advance() {
  switch (phase_) {
    case Phase::idle:
    case Phase::header:
      return advance_header();
    case Phase::body:
      return advance_body();
    case Phase::stream:
      return advance_pieces();
    case Phase::linger:
      return drop_some();
    default:
      return;  // what came early waits in the intake
  }
}

template <typename Stream>
void Connection<Stream>::advance_header() {
  if (phase_ == Phase::idle && intake_.started()) {
    phase_ = Phase::header;
    within(limits().header_time);
  }
  switch (intake_.read_header()) {
    case Intake::Step::need_more:
      return read();
    case Intake::Step::failed:
      close_after_ = true;
      return answer(intake_.failure());
    case Intake::Step::ready:
      return accept_header();
  }
}

template <typename Stream>
void Connection<Stream>::accept_header() {
  begun_ = Clock::now();
  const auto& head = intake_.head();
  close_after_ = !head.keep_alive;
  phase_ = Phase::body;
  within(limits().body_time);
  refusal_ = check_header();
  if (refusal_) {
    const bool droppable = head.content_length && *head.content_length <= kDropMax;
    if (head.has_body && (head.expects_continue || !droppable)) {
      close_after_ = true;
      return answer(std::move(*refusal_));
    }
    return advance_body();
  }
  if (route_->stream) {
    pieces_coming_ = head.has_body;
    chunked_ = !head.http10;
    close_after_ = true;  // a stream is the last thing on its connection
    return dispatch();
  }
  if (head.has_body && head.expects_continue) return continue_then_read();
  advance_body();
}

// Everything that can be said before the body was read; fills request_ and route_.
template <typename Stream>
std::optional<Response> Connection<Stream>::check_header() {
  auto& head = intake_.head();
  auto target = parse_target(head.target);
  if (!target) return problem_response(400, "invalid_value", target.problem().detail);
  request_.method = head.method;
  request_.path = std::move(target->path);
  request_.query = std::move(target->query);
  request_.headers = std::move(head.headers);
  head_only_ = request_.method == "HEAD";
  const auto match = shared_->routes.find(head_only_ ? "GET" : request_.method, request_.path);
  if (match.route == nullptr || (head_only_ && match.route->stream)) {
    if (match.allowed.empty()) return not_found("path");
    Response response = problem_response(405, "method_not_allowed",
                                         "This path does not take " + request_.method + ".");
    std::string allowed;
    for (const auto& method : match.allowed) allowed += (allowed.empty() ? "" : ", ") + method;
    response.headers.emplace_back("Allow", std::move(allowed));
    return response;
  }
  route_ = match.route;
  if (auto refused = shared_->gate.admit(request_, route_->scope)) return refused;
  if (const auto coding = request_.header("content-encoding");
      !coding.empty() && coding != "identity") {
    return problem_response(415, "invalid_value", "Send the body without Content-Encoding.");
  }
  if (route_->stream) return std::nullopt;
  const std::uint64_t most =
      route_->body == BodyLimit::hook ? limits().hook_max : limits().document_max;
  intake_.set_body_max(most);
  if (head.content_length && *head.content_length > most) {
    return problem_response(413, "too_large",
                            "The body is larger than " + std::to_string(most) + " bytes.");
  }
  return std::nullopt;
}

template <typename Stream>
void Connection<Stream>::continue_then_read() {
  sending_ = "HTTP/1.1 100 Continue\r\n\r\n";
  writing_ = true;
  asio::async_write(stream_, asio::buffer(sending_),
                    [self = self()](const error_code& error, std::size_t) {
                      self->writing_ = false;
                      if (self->phase_ == Phase::closed) return;
                      if (error) return self->close();
                      self->advance();
                      self->flush();
                    });
}

template <typename Stream>
void Connection<Stream>::advance_body() {
  const auto step = intake_.read_body();
  if (refusal_) intake_.body().clear();
  if (step == Intake::Step::need_more) return read();
  if (step == Intake::Step::failed) {
    close_after_ = true;
    return answer(intake_.failure());
  }
  if (refusal_) return answer(std::move(*refusal_));
  request_.body = std::move(intake_.body());
  dispatch();
}

}  // namespace lotbridge::api
