#include "engine_impl.hpp"

#include "daemon/log/log.hpp"
#include "daemon/store/loader.hpp"
#include "schedule.hpp"
#include "test_clock.hpp"

namespace lotbridge::engine {

using store::Sql;

Result<std::unique_ptr<Engine>> Engine::open(Settings settings, const Clock& clock) {
  auto engine = std::make_unique<EngineImpl>(std::move(settings), clock);
  if (Refused refused = engine->set_up()) return *refused;
  return std::unique_ptr<Engine>(std::move(engine));
}

EngineImpl::EngineImpl(Settings settings, const Clock& clock)
    : settings_(std::move(settings)), clock_(clock) {
  if (settings_.batch_documents_max == 0) settings_.batch_documents_max = 1;
}

EngineImpl::~EngineImpl() { EngineImpl::stop(); }

Refused EngineImpl::set_up() {
  auto writer = store::Writer::open(settings_.store_path);
  if (!writer) return writer.problem();
  writer_ = std::move(*writer);
  auto reader = store::Database::open(settings_.store_path, store::OpenMode::read_only);
  if (!reader) return reader.problem();
  reader_ = std::move(*reader);
  std::string key;
  if (Refused refused = read_contact_key(key)) return refused;
  digest_ = std::make_unique<KeyedDigest>(key);
  if (Refused refused = configure_names()) return refused;
  if (Refused refused = store::load_state(writer_->database(), state_)) return refused;
  if (const auto* testing = dynamic_cast<const TestClock*>(&clock_)) {
    if (const auto last = stored_clock(*writer_)) testing->move(*last);
  }
  bench_ = std::make_unique<Workbench>(*writer_, state_, settings_, calendar_, *digest_);
  std::size_t owners = 0;
  while (state_.owner(static_cast<core::OwnerId>(owners + 1)) != nullptr) ++owners;
  bench_->set_owners_count(owners);
  lots_ = state_.lots_count();
  return std::nullopt;
}

Refused EngineImpl::read_contact_key(std::string& key) {
  {
    auto rows = writer_->query(Sql::get_meta, "contact_key");
    if (rows.next()) key = std::string(rows.text(0));
  }
  if (key.empty()) {
    key = random_key_hex();
    writer_->run(Sql::set_meta, "contact_key", key);
  }
  if (writer_->failed()) return writer_->failure();
  if (key.empty()) return Problem{"unavailable", "The machine gives no random numbers.", {}};
  return std::nullopt;
}

// Ids of owners and warehouses are the store's; names that only the store knows keep theirs.
Refused EngineImpl::configure_names() {
  auto names = store::read_names(writer_->database());
  if (!names) return names.problem();
  state_.system_policy() = settings_.system_policy;
  core::WarehouseId last = 0;
  for (const auto& [name, id] : names->warehouses) last = std::max(last, id);
  std::vector<core::WarehouseId> ids;
  for (WarehouseSettings& place : settings_.warehouses) {
    const auto known = names->warehouses.find(place.core.name);
    place.core.id = known != names->warehouses.end() ? known->second : ++last;
    ids.push_back(place.core.id);
    if (Refused refused = calendar_.add(place.core.id, place.time_zone)) return refused;
    writer_->run(Sql::insert_warehouse, place.core.id, place.core.name);
    state_.configure_warehouse(place.core);
    names->warehouses.erase(place.core.name);
  }
  for (const auto& [name, id] : names->warehouses) {
    core::Warehouse gone;
    gone.id = id;
    gone.name = name;
    state_.configure_warehouse(std::move(gone));
  }
  configure_owners(names->owners, ids);
  return writer_->failure();
}

void EngineImpl::configure_owners(const std::map<std::string, core::OwnerId>& known,
                                  const std::vector<core::WarehouseId>& ids) {
  const auto map_ids = [&ids](std::vector<core::WarehouseId>& places) {
    for (core::WarehouseId& place : places) {
      place = place >= 1 && place <= ids.size() ? ids[place - 1u] : core::WarehouseId{0};
    }
  };
  core::OwnerId last = 0;
  for (const auto& [name, id] : known) last = std::max(last, id);
  auto gone = known;
  for (core::Owner& owner : settings_.owners) {
    const auto found = known.find(owner.name);
    owner.id = found != known.end() ? found->second : ++last;
    map_ids(owner.warehouses);
    for (core::Route& route : owner.routes) map_ids(route.warehouses);
    writer_->run(Sql::insert_owner, owner.id, owner.name);
    state_.configure_owner(owner);
    gone.erase(owner.name);
  }
  for (const auto& [name, id] : gone) {
    core::Owner former;
    former.id = id;
    former.name = name;
    state_.configure_owner(std::move(former));
  }
}

Engine::Figures EngineImpl::figures() const {
  Figures out;
  out.documents = documents_;
  out.commits = commits_;
  out.commit_failures = failures_;
  out.lots = lots_;
  out.open_orders = open_orders_;
  {
    const std::lock_guard lock(queue_mutex_);
    out.queue = queued_documents_;
  }
  const std::lock_guard lock(health_mutex_);
  out.unhealthy_reason = unhealthy_reason_;
  out.healthy = unhealthy_reason_.empty();
  return out;
}

void EngineImpl::on_work(std::function<void()> wake) {
  const std::lock_guard lock(callbacks_mutex_);
  wakes_.push_back(std::move(wake));
}

void EngineImpl::on_events(std::function<void(std::int64_t newest)> listener) {
  const std::lock_guard lock(callbacks_mutex_);
  event_listeners_.push_back(std::move(listener));
}

}  // namespace lotbridge::engine
