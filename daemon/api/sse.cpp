#include "daemon/api/sse.hpp"

#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "daemon/api/problem.hpp"
#include "daemon/log/log.hpp"
#include "daemon/store/sqlite.hpp"

namespace lotbridge::api {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kPage = 200;

struct Listener {
  std::shared_ptr<Outlet> outlet;
  std::optional<std::vector<std::string>> owners;  // unset: all
  std::vector<std::string> warehouses;             // empty: all
  std::int64_t last = -1;  // the newest id that it has; -1: whatever is newest now
  Clock::time_point last_sent = Clock::now();
  std::atomic<bool> alive{true};
};

// What the engine's thread touches; it may outlive the hub.
struct Signal {
  std::mutex mutex;
  std::condition_variable wake;
  std::int64_t newest = 0;
};

class Subscription final : public Inlet {
 public:
  explicit Subscription(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}
  void take(std::string_view, std::function<void()> more) override { more(); }
  void end() override {}
  void gone() override { listener_->alive = false; }

 private:
  std::shared_ptr<Listener> listener_;
};

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// The warehouse that an event names, "" where it names none.
std::string warehouse_of(std::string_view body) {
  thread_local simdjson::ondemand::parser parser;
  const simdjson::padded_string text(body);
  simdjson::ondemand::document document;
  std::string_view name;
  if (parser.iterate(text).get(document) || document["warehouse"].get(name)) return {};
  return std::string(name);
}

class Hub final : public EventHub {
 public:
  Hub(EventSettings settings, std::unique_ptr<store::Database> database, store::Statement page,
      store::Statement newest)
      : settings_(std::move(settings)),
        database_(std::move(database)),
        page_(std::move(page)),
        newest_statement_(std::move(newest)) {}
  ~Hub() override { stop(); }

  void run(engine::Engine& engine) {
    engine.on_events([signal = signal_](std::int64_t newest) {
      {
        const std::lock_guard lock(signal->mutex);
        signal->newest = std::max(signal->newest, newest);
      }
      signal->wake.notify_one();
    });
    {
      const std::lock_guard lock(signal_->mutex);
      if (newest_statement_.step()) {
        signal_->newest = std::max(signal_->newest, newest_statement_.integer(0));
      }
      newest_statement_.reset();
    }
    thread_ = std::thread([this] { loop(); });
  }

  void add_route(RouteTable& table) override {
    table.add({.method = "GET",
               .pattern = "/v1/events",
               .scope = Scope::read,
               .handler = {},
               .stream = [this](Request request, std::shared_ptr<Outlet> outlet) {
                 return subscribe(request, std::move(outlet));
               }});
  }

  void stop() override {
    {
      const std::lock_guard lock(signal_->mutex);
      stopping_ = true;
    }
    signal_->wake.notify_one();
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::shared_ptr<Inlet> subscribe(const Request& request, std::shared_ptr<Outlet> outlet);
  void loop();
  void serve(Listener&, std::int64_t newest);
  std::string next_page(Listener&, std::int64_t newest);

  const EventSettings settings_;
  std::unique_ptr<store::Database> database_;  // the loop's
  store::Statement page_, newest_statement_;
  const std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  std::vector<std::shared_ptr<Listener>> listeners_;  // under the signal's mutex, like the flag
  bool stopping_ = false;
  std::thread thread_;
};

std::shared_ptr<Inlet> Hub::subscribe(const Request& request, std::shared_ptr<Outlet> outlet) {
  auto listener = std::make_shared<Listener>();
  listener->outlet = std::move(outlet);
  listener->warehouses = request.warehouses;
  if (!request.caller.all_owners) listener->owners = request.caller.owners;
  if (const auto owner = request.parameter("owner")) {
    const bool visible = contains(settings_.owners, *owner) && request.caller.sees(*owner);
    listener->owners = visible ? std::vector<std::string>{*owner} : std::vector<std::string>{};
  }
  const std::string_view id = request.header("last-event-id");
  std::from_chars(id.data(), id.data() + id.size(), listener->last);
  listener->outlet->start("text/event-stream");
  listener->outlet->send("retry: 2000\n\n");
  {
    const std::lock_guard lock(signal_->mutex);
    std::erase_if(listeners_, [](const auto& one) { return !one->alive; });
    if (stopping_ || listeners_.size() >= settings_.listeners_max) {
      listener->outlet->finish();
      return std::make_shared<Subscription>(std::move(listener));
    }
    if (listener->last < 0) listener->last = signal_->newest;
    listeners_.push_back(listener);
  }
  signal_->wake.notify_one();
  return std::make_shared<Subscription>(std::move(listener));
}

void Hub::loop() {
  // Looked at again this often although nothing happened: heartbeats, and listeners that had too
  // much waiting.
  const auto pause =
      std::min<std::chrono::milliseconds>(settings_.heartbeat, std::chrono::seconds(1));
  for (;;) {
    std::vector<std::shared_ptr<Listener>> listeners;
    std::int64_t newest = 0;
    {
      std::unique_lock lock(signal_->mutex);
      const auto behind = [this] {
        return stopping_ ||
               std::any_of(listeners_.begin(), listeners_.end(), [this](const auto& one) {
                 return one->alive && one->last < signal_->newest &&
                        one->outlet->unsent() < settings_.unsent_max;
               });
      };
      signal_->wake.wait_for(lock, pause, behind);
      std::erase_if(listeners_, [](const auto& one) { return !one->alive; });
      listeners = listeners_;
      newest = signal_->newest;
      if (stopping_) {
        for (const auto& one : listeners_) one->outlet->finish();
        listeners_.clear();
        return;
      }
    }
    for (const auto& one : listeners) serve(*one, newest);
  }
}

void Hub::serve(Listener& listener, std::int64_t newest) {
  std::string out;
  if (listener.last < newest && listener.outlet->unsent() < settings_.unsent_max) {
    out = next_page(listener, newest);
  }
  const auto now = Clock::now();
  if (out.empty() && now - listener.last_sent >= settings_.heartbeat) out = ": still here\n\n";
  if (out.empty()) return;
  listener.last_sent = now;
  listener.outlet->send(std::move(out));
}

std::string Hub::next_page(Listener& listener, std::int64_t newest) {
  std::string out;
  const std::int64_t before = listener.last;
  page_.bind(1, listener.last).bind(2, std::int64_t{kPage});
  while (page_.step()) {
    listener.last = page_.integer(0);
    const std::string_view body = page_.text(3);
    if (listener.owners && !contains(*listener.owners, page_.text(1))) continue;
    if (!listener.warehouses.empty()) {
      const std::string warehouse = warehouse_of(body);
      if (!warehouse.empty() && !contains(listener.warehouses, warehouse)) continue;
    }
    out += "id: " + std::to_string(listener.last) + "\nevent: ";
    out += page_.text(2);
    out += "\ndata: ";
    out += body;
    out += "\n\n";
  }
  if (page_.problem()) {
    // The listener comes back with its last id; going on here would leave a hole.
    log::warning("events cannot be read", {{"reason", page_.problem()->detail}});
    listener.outlet->finish();
    listener.alive = false;
  } else if (listener.last == before) {
    listener.last = newest;  // nothing is left there: old events are thrown away after a time
  }
  page_.reset();
  return out;
}

}  // namespace

Result<std::unique_ptr<EventHub>> EventHub::start(const EventSettings& settings,
                                                  engine::Engine& engine) {
  auto database = store::Database::open(settings.store_path, store::OpenMode::read_only);
  if (!database) return database.problem();
  auto page = (*database)->prepare(
      "SELECT e.event_id, o.name, e.kind, e.body FROM events e JOIN owners o USING (owner_id) "
      "WHERE e.event_id > ? ORDER BY e.event_id LIMIT ?");
  if (!page) return page.problem();
  auto newest = (*database)->prepare("SELECT coalesce(max(event_id), 0) FROM events");
  if (!newest) return newest.problem();
  auto hub =
      std::make_unique<Hub>(settings, std::move(*database), std::move(*page), std::move(*newest));
  hub->run(engine);
  return std::unique_ptr<EventHub>(std::move(hub));
}

}  // namespace lotbridge::api
