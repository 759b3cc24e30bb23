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
  if (found != 0 || lot_aliases.empty()) return found;
  const auto alias = lot_aliases.find(alias_key(sku, text));
  return alias == lot_aliases.end() ? 0 : alias->second;
}

void State::Tables::place_lot(Lot lot, std::string_view text) {
  if (lots.size() <= lot.id) {
    lots.resize(lot.id + 1);
    code_at.resize(lot.id + 1);
    older_lot.resize(lot.id + 1);
  }
  const std::size_t length = std::min<std::size_t>(text.size(), 255);
  if (arena.empty() || (arena_used & (kChunk - 1)) + length + 1 > kChunk ||
      arena_used == arena.size() * kChunk) {
    arena_used = arena.size() * kChunk;
    arena.push_back(std::make_unique_for_overwrite<char[]>(kChunk));
  }
  code_at[lot.id] = static_cast<std::uint32_t>(arena_used);
  char* place = arena.back().get() + (arena_used & (kChunk - 1));
  *place = static_cast<char>(static_cast<unsigned char>(length));
  std::memcpy(place + 1, text.data(), length);
  arena_used += length + 1;
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

void State::Tables::set_lot(const Lot& changed) {
  const LotId id = changed.id;
  const Lot before = lots[id];
  // A new date may be another place in FEFO order: take the lot off its shelves, change it, put it
  // back.
  std::vector<std::pair<WarehouseId, LotStock>> rows;
  const auto take_off = [&](Shelf& shelf) {
    const auto at = std::find_if(shelf.live.begin(), shelf.live.end(),
                                 [id](const LotStock& stock) { return stock.lot == id; });
    if (at == shelf.live.end()) return;
    rows.emplace_back(shelf.warehouse, *at);
    shelf.live.erase(at);
  };
  if (before.expires_on != changed.expires_on) {
    SkuStock& stock = sku_stock[before.sku];
    take_off(stock.shelf);
    if (stock.more) {
      for (Shelf& shelf : *stock.more) take_off(shelf);
    }
  }
  lots[id] = changed;
  for (const auto& [warehouse, row] : rows) insert_stock(get_shelf(changed.sku, warehouse), row);
  copy_facts(id);
  remember(Touch::lot, id, [before](Tables& t) { t.set_lot(before); });
}

void State::Tables::set_details(LotId lot, LotDetails changed) {
  const auto at = details.find(lot);
  const LotDetails before = at == details.end() ? LotDetails{} : at->second;
  if (before == changed) return;
  const SkuId sku = lots[lot].sku;
  for (const LotCode& alias : before.aliases) lot_aliases.erase(alias_key(sku, alias.text));
  for (const LotCode& alias : changed.aliases) lot_aliases[alias_key(sku, alias.text)] = lot;
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
