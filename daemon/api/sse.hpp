// GET /v1/events: happenings as server-sent events, resumable by Last-Event-ID.
//
// One thread reads committed events from the store and hands them to all listeners, so a slow
// listener holds up nobody: it is given no more than it takes, and finds the rest in the store
// later. Any thread may subscribe; start and stop once each.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "daemon/api/routes.hpp"

namespace lotbridge::api {

struct EventSettings {
  std::string store_path;
  std::vector<std::string> owners;  // all that are configured
  std::chrono::milliseconds heartbeat{15'000};
  std::size_t unsent_max = 256 * 1024;  // a listener with more than this waiting gets nothing new
  std::size_t listeners_max = 256;
};

class EventHub {
 public:
  // Takes Engine::on_events for itself.
  static Result<std::unique_ptr<EventHub>> start(const EventSettings&, engine::Engine&);
  virtual ~EventHub() = default;
  virtual void add_route(RouteTable&) = 0;
  // Ends all streams; listeners come back with their last id.
  virtual void stop() = 0;
};

}  // namespace lotbridge::api
