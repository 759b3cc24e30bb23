// Lots by code: records, the arena of their codes, the index, details and blocks. See tables.hpp.
#include <algorithm>
#include <cstring>

#include "tables.hpp"

namespace lotbridge::core {

namespace {

constexpr std::size_t kChunkBits = 20;
constexpr std::size_t kChunk = std::size_t{1} << kChunkBits;

std::string alias_key(SkuId sku, std::string_view code) {
  std::string key = std::to_string(sku);
  key += '/';
  key += code;
  return key;
}

auto hash_of_lot(const State::Tables& t) {
  return [&t](std::uint32_t id) { return hash_text(t.lots[id].sku, t.code(id)); };
}

}  // namespace

std::string_view State::Tables::code(LotId lot) const {
  const std::uint32_t at = code_at[lot];
  const char* place = arena[at >> kChunkBits].get() + (at & (kChunk - 1));
  return {place + 1, static_cast<unsigned char>(*place)};
}

LotId State::Tables::find_lot(SkuId sku, std::string_view text) const {
  const LotId found = lot_index.find(hash_text(sku, text), [&](std::uint32_t id) {
    return lots[id].sku == sku && code(id) == text;
  });
  if (found != 0) return lots[found].merged ? home_of(found) : found;
  if (lot_aliases.empty()) return 0;
  const auto alias = lot_aliases.find(alias_key(sku, text));
  return alias == lot_aliases.end() ? 0 : home_of(alias->second);
}

LotId State::Tables::home_of(LotId lot) const {
  while (lot != 0 && lots[lot].merged) lot = details.at(lot).merged_into;
  return lot;
}

std::uint32_t State::Tables::keep_code(std::string_view text) {
  const std::size_t length = std::min<std::size_t>(text.size(), 255);
  if (arena.empty() || (arena_used & (kChunk - 1)) + length + 1 > kChunk ||
      arena_used == arena.size() * kChunk) {
    arena_used = arena.size() * kChunk;
    arena.push_back(std::make_unique_for_overwrite<char[]>(kChunk));
  }
  const auto at = static_cast<std::uint32_t>(arena_used);
  char* place = arena.back().get() + (arena_used & (kChunk - 1));
  *place = static_cast<char>(static_cast<unsigned char>(length));
  std::memcpy(place + 1, text.data(), length);
  arena_used += length + 1;
  return at;
}

void State::Tables::place_lot(Lot lot, std::string_view text) {
  if (lots.size() <= lot.id) {
    lots.resize(lot.id + 1);
    code_at.resize(lot.id + 1);
    older_lot.resize(lot.id + 1);
  }
  code_at[lot.id] = keep_code(text);
  lot.legacy = text == "LEGACY";
  lots[lot.id] = lot;
  older_lot[lot.id] = sku_stock[lot.sku].newest_lot;
  sku_stock[lot.sku].newest_lot = lot.id;
  lot_index.insert(lot.id, hash_of_lot(*this));
}

LotId State::Tables::create_lot(SkuId sku, std::string_view text) {
  Lot lot;
  lot.id = static_cast<LotId>(lots.size());
  lot.sku = sku;
  lot.best_before = skus[sku].item.date_kind == DateKind::best_before;
  place_lot(lot, text);
  if (recording) {
    Undo undo;
    undo.kind = Undo::Kind::new_lot;
    undo.touch = Touch::lot;
    undo.id = lot.id;
    journal.push_back(undo);
  }
  return lot.id;
}

// Its code stays in the arena unused: only a refused document leaves such a gap.
void State::Tables::drop_newest_lot() {
  const auto id = static_cast<LotId>(lots.size() - 1);
  lot_index.erase(id, hash_of_lot(*this));
  sku_stock[lots[id].sku].newest_lot = older_lot[id];
  lots.pop_back();
  code_at.pop_back();
  older_lot.pop_back();
}

namespace {

// Takes a lot off its shelves and puts it back after `change`, because its place in FEFO order may
// be another one then.
template <typename Change>
void reshelve(State::Tables& t, LotId id, const Change& change) {
  std::vector<std::pair<WarehouseId, LotStock>> rows;
  const auto take_off = [&](Shelf& shelf) {
    const auto at = std::find_if(shelf.live.begin(), shelf.live.end(),
                                 [id](const LotStock& stock) { return stock.lot == id; });
    if (at == shelf.live.end()) return;
    rows.emplace_back(shelf.warehouse, *at);
    shelf.live.erase(at);
  };
  const SkuId sku = t.lots[id].sku;
  take_off(t.sku_stock[sku].shelf);
  if (t.sku_stock[sku].more) {
    for (Shelf& shelf : *t.sku_stock[sku].more) take_off(shelf);
  }
  change();
  for (const auto& [warehouse, row] : rows) t.insert_stock(t.get_shelf(sku, warehouse), row);
}

}  // namespace

void State::Tables::set_lot(const Lot& changed) {
  const LotId id = changed.id;
  const Lot before = lots[id];
  if (before.expires_on != changed.expires_on) {
    reshelve(*this, id, [&] { lots[id] = changed; });
  } else {
    lots[id] = changed;
  }
  copy_facts(id);
  remember(Touch::lot, id, [before](Tables& t) { t.set_lot(before); });
}

void State::Tables::rename_lot(LotId id, std::string_view text) {
  const std::string before(code(id));
  const std::string after(text);
  LotDetails changed;
  if (const auto at = details.find(id); at != details.end()) changed = at->second;
  std::erase_if(changed.aliases, [&](const LotCode& alias) { return alias.text == after; });
  changed.aliases.push_back({before});
  if (!changed.first_code) changed.first_code = before;
  set_details(id, std::move(changed));
  const auto write = [id](Tables& t, const std::string& to) {
    reshelve(t, id, [&] {
      t.lot_index.erase(id, hash_of_lot(t));
      t.code_at[id] = t.keep_code(to);
      t.lot_index.insert(id, hash_of_lot(t));
    });
  };
  write(*this, after);
  remember(Touch::lot, id, [write, before](Tables& t) { write(t, before); });
}

void State::Tables::set_details(LotId lot, LotDetails changed) {
  const auto at = details.find(lot);
  const LotDetails before = at == details.end() ? LotDetails{} : at->second;
  if (before == changed) return;
  const SkuId sku = lots[lot].sku;
  for (const LotCode& alias : before.aliases) lot_aliases.erase(alias_key(sku, alias.text));
  for (const LotCode& alias : changed.aliases) lot_aliases[alias_key(sku, alias.text)] = lot;
  lots[lot].merged = changed.merged_into != 0;
  lots[lot].renamed = changed.first_code.has_value();
  if (changed == LotDetails{}) {
    details.erase(lot);
  } else {
    details[lot] = std::move(changed);
  }
  remember(Touch::lot, lot, [lot, before](Tables& t) { t.set_details(lot, before); });
}

void State::Tables::set_blocks(LotId lot, std::vector<Block> changed) {
  const auto at = block_sets.find(lot);
  std::vector<Block> before = at == block_sets.end() ? std::vector<Block>{} : at->second;
  lots[lot].has_blocks = !changed.empty();
  copy_facts(lot);
  if (changed.empty()) {
    block_sets.erase(lot);
  } else {
    block_sets[lot] = std::move(changed);
  }
  remember(Touch::blocks, lot,
           [lot, before = std::move(before)](Tables& t) { t.set_blocks(lot, before); });
}

}  // namespace lotbridge::core
