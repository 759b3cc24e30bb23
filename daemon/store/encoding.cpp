#include "encoding.hpp"

#include <array>
#include <charconv>

namespace lotbridge::store {
namespace {

// LEB128: small ids, which are most, take one byte.
void put(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(0x80 | (value & 0x7f));
    value >>= 7;
  }
  out += static_cast<char>(value);
}

bool get(std::string_view& in, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (in.empty()) return false;
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

// In the order of DocumentType.
constexpr std::array<std::string_view, static_cast<std::size_t>(kLastDocumentType)> kPrefixes = {
    "itm", "pol", "rcp", "ord", "pck", "cxl", "dsp", "ret", "hld", "rel", "trf",
    "cnt", "adj", "era", "tfm", "lcr", "pur", "chg", "rsl", "own", "rcl", "tcl"};

}  // namespace

std::string account_blob(const core::Account& account) {
  std::string out;
  out += static_cast<char>(account.kind);
  out += static_cast<char>(account.status);
  put(out, account.warehouse);
  put(out, account.location);
  put(out, account.order);
  put(out, account.line);
  return out;
}

std::optional<core::Account> account_of(std::string_view blob) {
  if (blob.size() < 6) return std::nullopt;
  core::Account account;
  account.kind = static_cast<core::AccountKind>(static_cast<unsigned char>(blob[0]));
  account.status = static_cast<StockStatus>(static_cast<unsigned char>(blob[1]));
  blob.remove_prefix(2);
  std::uint64_t warehouse = 0, location = 0, order = 0, line = 0;
  if (!get(blob, warehouse) || !get(blob, location) || !get(blob, order) || !get(blob, line)) {
    return std::nullopt;
  }
  if (!blob.empty() || warehouse > UINT16_MAX || location > UINT32_MAX || line > UINT32_MAX) {
    return std::nullopt;
  }
  account.warehouse = static_cast<core::WarehouseId>(warehouse);
  account.location = static_cast<core::LocationId>(location);
  account.order = order;
  account.line = static_cast<core::LineIndex>(line);
  return account;
}

std::string_view account_name(core::AccountKind kind) {
  using core::AccountKind;
  switch (kind) {
    case AccountKind::stock:
      return "stock";
    case AccountKind::supplier:
      return "supplier";
    case AccountKind::in_transit:
      return "in_transit";
    case AccountKind::dispatched:
      return "dispatched";
    case AccountKind::consumed:
      return "consumed";
    case AccountKind::scrapped:
      return "scrapped";
    case AccountKind::lost:
      return "lost";
    case AccountKind::found:
      return "found";
    case AccountKind::supplier_return:
      return "supplier_return";
    case AccountKind::other_owner:
      return "other_owner";
    case AccountKind::opening:
      return "opening";
    case AccountKind::produced:
      return "produced";
    case AccountKind::free:
      return "free";
    case AccountKind::reserved:
      return "reserved";
    case AccountKind::picked:
      return "picked";
  }
  return "unknown";
}

std::string_view status_name(StockStatus status) {
  switch (status) {
    case StockStatus::available:
      return "available";
    case StockStatus::quarantine:
      return "quarantine";
    case StockStatus::damaged:
      return "damaged";
    case StockStatus::in_transit:
      return "in_transit";
    case StockStatus::lot_unresolved:
      return "lot_unresolved";
  }
  return "unknown";
}

std::string_view evidence_name(core::Evidence evidence) {
  switch (evidence) {
    case core::Evidence::scanned:
      return "scanned";
    case core::Evidence::reported:
      return "reported";
    case core::Evidence::directed:
      return "directed";
    case core::Evidence::inferred:
      return "inferred";
    case core::Evidence::unresolved:
      return "unresolved";
  }
  return "unknown";
}

std::string uid_text(DocumentType type, std::int64_t row) {
  const auto index = static_cast<std::size_t>(type) - 1;
  std::string out(index < kPrefixes.size() ? kPrefixes[index] : "doc");
  out += '_';
  out += std::to_string(row);
  return out;
}

std::optional<Uid> parse_uid(std::string_view text) {
  if (text.size() < 5 || text[3] != '_' || text[4] < '1' || text[4] > '9') return std::nullopt;
  Uid uid;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + 4, end, uid.row);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  for (std::size_t i = 0; i < kPrefixes.size(); ++i) {
    if (text.substr(0, 3) != kPrefixes[i]) continue;
    uid.type = static_cast<DocumentType>(i + 1);
    return uid;
  }
  return std::nullopt;
}

std::string conflicts_text(const std::vector<core::DateConflict>& conflicts) {
  std::string out;
  for (const core::DateConflict& conflict : conflicts) {
    if (!out.empty()) out += ' ';
    out += std::to_string(conflict.document) + ':' + std::to_string(conflict.warehouse) + ':' +
           std::to_string(conflict.location) + ':' +
           std::to_string(static_cast<int>(conflict.status)) + ':' +
           std::to_string(conflict.quantity.micros);
  }
  return out;
}

std::vector<core::DateConflict> conflicts_of(std::string_view text) {
  std::vector<core::DateConflict> out;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](std::int64_t& value) {
    while (at < end && (*at == ' ' || *at == ':')) ++at;
    const auto parsed = std::from_chars(at, end, value);
    at = parsed.ptr;
    return parsed.ec == std::errc();
  };
  std::int64_t document = 0, warehouse = 0, location = 0, status = 0, quantity = 0;
  while (number(document) && number(warehouse) && number(location) && number(status) &&
         number(quantity)) {
    out.push_back({static_cast<core::DocumentId>(document),
                   static_cast<core::WarehouseId>(warehouse),
                   static_cast<core::LocationId>(location), static_cast<StockStatus>(status),
                   Quantity{quantity}});
  }
  return out;
}

}  // namespace lotbridge::store
