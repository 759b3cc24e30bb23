#include "channel_stock.hpp"

#include <algorithm>
#include <charconv>

#include "configuration.hpp"
#include "daemon/core/availability.hpp"
#include "outbox.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

constexpr std::string_view kOperation = "stock.write/1";
// So many items and what was told of them is read in one go instead of one by one.
constexpr std::size_t kManySkus = 2000;

using Places = std::map<core::WarehouseId, Quantity>;

bool has(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool takes_stock(const ConnectorRoute& route) { return has(route.instructions, kOperation); }
// A connector that is told of orders' lots is a place where things are sold.
bool sells(const ConnectorRoute& route) {
  return takes_stock(route) || has(route.instructions, "lots.write/1");
}

std::string component_key(core::OwnerId owner, std::string_view sku) {
  return std::to_string(owner) + "/" + std::string(sku);
}

// "1:12500000,2:0", and after a bar what the channel calls the item.
std::string text_of(const Places& places, const std::vector<StockAlias>& aliases) {
  std::string out;
  for (const auto& [place, quantity] : places) {
    if (!out.empty()) out += ',';
    out += std::to_string(place) + ":" + std::to_string(quantity.micros);
  }
  for (const StockAlias& alias : aliases)
    out += "|" + alias.code + "=" + std::to_string(alias.quantity.micros);
  return out;
}

Places places_of(std::string_view text) {
  Places out;
  text = text.substr(0, text.find('|'));
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    core::WarehouseId place = 0;
    std::int64_t micros = 0;
    const char* end = one.data() + one.size();
    const auto first = std::from_chars(one.data(), end, place);
    if (first.ec != std::errc() || first.ptr == end) continue;
    std::from_chars(first.ptr + 1, end, micros);
    out[place] = Quantity{micros};
  }
  return out;
}

// Now, and nothing where there was something before.
Places available_now(Workbench& bench, core::SkuId sku, const std::string& channel,
                     const ConnectorRoute* route, const Places& before) {
  Places now;
  const core::Context context = bench.context();
  for (std::size_t i = 1; i <= bench.state.warehouses_count(); ++i) {
    const auto id = static_cast<core::WarehouseId>(i);
    const core::Warehouse* place = bench.state.warehouse(id);
    if (place == nullptr) continue;
    std::optional<Quantity> units;
    if (route == nullptr || route->warehouses.empty() || has(route->warehouses, place->name))
      units = core::available_to_channel(bench.state, sku, id, channel, context);
    if (before.contains(id) || (units && units->is_positive()))
      now[id] = units.value_or(Quantity{});
  }
  return now;
}

std::vector<StockAlias> aliases_at(const Item& item, const std::string& source) {
  std::vector<StockAlias> out;
  for (const ItemAlias& alias : item.aliases) {
    if (alias.source == source) out.push_back({alias.code, alias.quantity});
  }
  return out;
}

void tell_events(Workbench& bench, const core::Sku& sku, const std::string& channel,
                 const Places& before, const Places& now) {
  for (const auto& [place, units] : now) {
    const auto old = before.find(place);
    if (units == (old == before.end() ? Quantity{} : old->second)) continue;
    core::Event event;
    event.kind = "availability.changed";
    event.sku = sku.id;
    event.warehouse = place;
    event.channel = channel;
    event.quantity = units;
    bench.add_event(event, sku.owner);
  }
}

void instruct(Workbench& bench, const ConnectorRoute& route, const core::Sku& sku,
              const Places& places, std::vector<StockAlias> aliases, const std::string& content) {
  StockWrite write;
  write.channel = route.name;
  write.sku = sku.item.sku;
  write.aliases = std::move(aliases);
  for (const auto& [place, units] : places) {
    write.available += units;
    write.warehouses.push_back({bench.state.warehouse(place)->name, units});
  }
  lotbridge::Instruction instruction;
  instruction.connector = route.name;
  instruction.owner = bench.state.owner(sku.owner)->name;
  instruction.body = std::move(write);
  const std::string text = write_instruction(instruction) + content;
  queue_instruction(bench, route, {sku.owner, 0, stock_subject(sku.id)}, std::move(instruction),
                    text);
}

}  // namespace

void ChannelStock::begin(const core::State& state) {
  begun_ = true;
  for (core::SkuId id = 1; const core::Sku* sku = state.sku(id); ++id) learn_kit(*sku);
  learn_policy_channels(state);
}

// What is no component any more stays listed: looking at an item once too often tells nothing.
void ChannelStock::learn_kit(const core::Sku& sku) {
  for (const Component& component : sku.item.components) {
    auto& kits = kits_[component_key(sku.owner, component.sku)];
    if (std::find(kits.begin(), kits.end(), sku.id) == kits.end()) kits.push_back(sku.id);
  }
}

void ChannelStock::learn_policy_channels(const core::State& state) {
  for (core::OwnerId owner = 1; state.owner(owner) != nullptr; ++owner) {
    for (const core::PolicyDocument* document : state.policies(owner)) {
      if (document->policy.scope.channel)
        policy_channels_[owner].insert(*document->policy.scope.channel);
    }
  }
}

bool ChannelStock::is_tracked(const core::State& state, core::OwnerId owner) const {
  if (policy_channels_.contains(owner)) return true;
  const core::Owner* named = state.owner(owner);
  return named != nullptr &&
         std::any_of(settings_.connectors.begin(), settings_.connectors.end(),
                     [&](const auto& r) { return sells(r) && has(r.owners, named->name); });
}

std::vector<ChannelStock::Channel> ChannelStock::channels_of(const core::State& state,
                                                             core::OwnerId owner) const {
  std::vector<Channel> out;
  const core::Owner* named = state.owner(owner);
  if (named == nullptr) return out;
  for (const ConnectorRoute& route : settings_.connectors) {
    if (!sells(route) || !has(route.owners, named->name)) continue;
    out.push_back({route.name, takes_stock(route) ? &route : nullptr});
  }
  const auto more = policy_channels_.find(owner);
  if (more == policy_channels_.end()) return out;
  for (const std::string& name : more->second) {
    const bool known = std::any_of(out.begin(), out.end(),
                                   [&](const Channel& channel) { return channel.name == name; });
    if (!known) out.push_back({name, nullptr});
  }
  return out;
}

std::string ChannelStock::configuration_digest(const Workbench& bench) const {
  std::string text = configured_rules(settings_);
  const auto add = [&text](std::string_view word) {
    text += word;
    text += '\n';
  };
  for (const ConnectorRoute& route : settings_.connectors) {
    if (!sells(route)) continue;
    add(route.name);
    add(route.live ? "live" : "observe");
    add(takes_stock(route) ? "stock" : "");
    for (const std::string& owner : route.owners) add(owner);
    for (const std::string& place : route.warehouses) add(place);
  }
  return hex_of(bench.digest.of(text));
}

// A policy that is new and about one item concerns that item; one that changed may have been about
// anything before, and one about a customer or a destination concerns nobody in particular.
void ChannelStock::add_policy_skus(Workbench& bench, const core::Touched& touched,
                                   std::set<core::SkuId>& skus) const {
  std::set<core::OwnerId> whole;
  for (core::OwnerId owner = 1; bench.state.owner(owner) != nullptr; ++owner) {
    for (const core::PolicyDocument* document : bench.state.policies(owner)) {
      if (!std::binary_search(touched.policies.begin(), touched.policies.end(), document->document))
        continue;
      auto rows = bench.store.query(Sql::select_document, document->document);
      const bool first = rows.next() && rows.integer(6) == 1;
      const PolicyScope& scope = document->policy.scope;
      if (first && (scope.customer || scope.destination)) continue;
      if (first && scope.sku) {
        if (const core::SkuId sku = bench.state.sku_id(owner, *scope.sku)) skus.insert(sku);
      } else {
        whole.insert(owner);
      }
    }
  }
  if (whole.empty()) return;
  for (core::SkuId id = 1; const core::Sku* sku = bench.state.sku(id); ++id) {
    if (whole.contains(sku->owner)) skus.insert(id);
  }
}

void ChannelStock::add_kits(const core::State& state, std::set<core::SkuId>& skus) const {
  if (kits_.empty()) return;
  std::vector<core::SkuId> found;
  for (const core::SkuId id : skus) {
    const core::Sku* sku = state.sku(id);
    const auto kits =
        sku == nullptr ? kits_.end() : kits_.find(component_key(sku->owner, sku->item.sku));
    if (kits != kits_.end()) found.insert(found.end(), kits->second.begin(), kits->second.end());
  }
  skus.insert(found.begin(), found.end());
}

std::set<core::SkuId> ChannelStock::touched_skus(Workbench& bench, const core::Touched& touched,
                                                 bool everything) {
  const core::State& state = bench.state;
  std::set<core::SkuId> skus;
  for (const core::SkuId id : bench.moved_skus()) skus.insert(id);
  for (const core::SkuId id : touched.skus) {
    skus.insert(id);
    if (const core::Sku* sku = state.sku(id)) learn_kit(*sku);
  }
  for (const auto& lots : {touched.lots, touched.blocks}) {
    for (const core::LotId id : lots) {
      if (const core::Lot* lot = state.lot(id)) skus.insert(lot->sku);
    }
  }
  if (!touched.policies.empty()) {
    learn_policy_channels(state);
    add_policy_skus(bench, touched, skus);
  }
  const bool day = !bench.new_days.empty();
  for (core::SkuId id = 1; (everything || day) && state.sku(id) != nullptr; ++id) {
    const bool there = everything || std::any_of(bench.new_days.begin(), bench.new_days.end(),
                                                 [&](core::WarehouseId place) {
                                                   return !state.stock_of(id, place).empty();
                                                 });
    if (there) skus.insert(id);
  }
  add_kits(state, skus);
  return skus;
}

void ChannelStock::look_at(Workbench& bench, core::SkuId id, const std::vector<Channel>& channels,
                           const std::map<ToldKey, Told>& told, bool new_configuration) {
  const core::Sku& sku = *bench.state.sku(id);
  for (const Channel& channel : channels) {
    const auto known = told.find({id, channel.name});
    Told last = known == told.end() ? Told{} : known->second;
    const bool live = channel.route != nullptr && channel.route->live;
    // What was only shown while nobody listened has not been told.
    const bool untold = live && last.known && !last.sent;
    const Places before = places_of(last.places);
    const Places now = available_now(bench, id, channel.name, channel.route, before);
    std::vector<StockAlias> aliases;
    if (channel.route != nullptr) aliases = aliases_at(sku.item, channel.name);
    const std::string text = text_of(now, aliases);
    if (now.empty() || (text == last.places && !untold)) continue;
    if (last.known || !new_configuration) tell_events(bench, sku, channel.name, before, now);
    if (channel.route != nullptr)
      instruct(bench, *channel.route, sku, now, std::move(aliases), untold ? "live" : "");
    bench.store.run(Sql::upsert_channel_stock, sku.owner, id, channel.name, live ? 1 : 0, text);
  }
}

void ChannelStock::tell(Workbench& bench) {
  if (!begun_) begin(bench.state);
  bool everything = false;
  if (!configuration_known_) {
    const std::string digest = configuration_digest(bench);
    auto rows = bench.store.query(Sql::get_meta, "channel_configuration");
    const bool same = rows.next() && rows.text(0) == digest;
    configuration_known_ = same;  // else known once this batch is stored
    everything = !same;
    if (!same) bench.store.run(Sql::set_meta, "channel_configuration", digest);
  }
  const core::Touched& touched = bench.touched();
  if (settings_.connectors.empty() && policy_channels_.empty() && touched.policies.empty() &&
      touched.skus.empty())
    return;
  const std::set<core::SkuId> skus = touched_skus(bench, touched, everything);
  std::map<ToldKey, Told> told;
  const auto keep = [&](core::SkuId sku, std::string_view channel, std::int64_t sent,
                        std::string_view places) {
    told[{sku, std::string(channel)}] = {true, sent != 0, std::string(places)};
  };
  const bool many = skus.size() > kManySkus;
  if (many) {
    auto rows = bench.store.query(Sql::select_all_channel_stock);
    while (rows.next())
      keep(static_cast<core::SkuId>(rows.integer(1)), rows.text(2), rows.integer(3), rows.text(4));
  }
  std::map<core::OwnerId, std::vector<Channel>> channels;
  for (const core::SkuId id : skus) {
    const core::Sku* sku = bench.state.sku(id);
    if (sku == nullptr || !sku->known || !is_tracked(bench.state, sku->owner)) continue;
    const auto [of_owner, fresh] = channels.try_emplace(sku->owner);
    if (fresh) of_owner->second = channels_of(bench.state, sku->owner);
    if (!many) {
      told.clear();
      auto rows = bench.store.query(Sql::select_channel_stock, sku->owner, id);
      while (rows.next()) keep(id, rows.text(0), rows.integer(1), rows.text(2));
    }
    look_at(bench, id, of_owner->second, told, everything);
  }
}

}  // namespace lotbridge::engine
