// Invariant 6: each owner's chain verifies from its first entry to its last.
#include <lotbridge/records.hpp>

#include "chain.hpp"
#include "daemon/store/encoding.hpp"
#include "verify_parts.hpp"

namespace lotbridge::engine {
namespace {

// Ledger and audit of one owner in one sequence; a column that a side does not have is null.
constexpr std::string_view kChain =
    "SELECT l.number, l.hash, 1, l.book, l.sku_id, l.lot_id, l.quantity, l.from_account, "
    "l.to_account, "
    "l.document_id, l.happened_at, l.known_at, d.type, s.name, d.id, NULL, NULL, NULL, NULL, NULL, "
    "NULL, NULL "
    "FROM ledger l LEFT JOIN documents d ON d.document_id = l.document_id "
    "LEFT JOIN sources s ON s.source_id = d.source_id WHERE l.owner_id = ?1 "
    "UNION ALL SELECT number, hash, 2, 0, 0, 0, 0, NULL, NULL, order_id, at, 0, 0, token, action, "
    "actor_digest, "
    "line, field, old, new, reason, NULL FROM audit WHERE owner_id = ?1 ORDER BY 1";

constexpr Hash kStart{};

class ChainCheck {
 public:
  ChainCheck(const StoreNames& names, std::int64_t owner, Report& report)
      : names_(names), owner_(owner), report_(report) {
    if (const auto found = names.owners.find(owner); found != names.owners.end())
      name_ = found->second;
  }

  // False: the chain is broken here; nothing after it can be judged.
  bool entry(const store::Statement& row) {
    const std::int64_t number = row.integer(0);
    if (number != last_ + 1) {
      return broken(last_ + 1, "is missing");
    }
    last_ = number;
    const bool ledger = row.integer(2) == 1;
    ++(ledger ? report_.entries : report_.audit);
    hash_ = ledger ? ledger_hash(row) : audit_hash(row);
    if (bytes_of(hash_) != row.blob(1)) return broken(number, "is not what was written");
    return true;
  }

  void end(std::int64_t head_number, std::string_view head_hash) {
    if (head_number != last_) {
      broken(last_ + 1, "is missing: the chain ends before its head");
    } else if (head_hash != bytes_of(hash_)) {
      broken(last_, "does not end in the head's hash");
    }
    report_.chains.push_back({name_, hex_of(bytes_of(hash_)), last_});
  }

 private:
  bool broken(std::int64_t number, std::string_view how) {
    report_.add(
        6, "broken_chain",
        "Entry " + std::to_string(number) + " of owner " + name_ + " " + std::string(how) + ".");
    return false;
  }

  std::string_view order_of(std::int64_t id) const {
    const auto found = names_.orders.find(id);
    return found == names_.orders.end() ? std::string_view{} : std::string_view(found->second);
  }
  static std::string_view find(const std::map<std::int64_t, std::string>& map, std::int64_t id) {
    const auto found = map.find(id);
    return found == map.end() ? std::string_view{} : std::string_view(found->second);
  }

  AccountNames account(std::string_view blob) const {
    AccountNames out;
    const auto account = store::account_of(blob);
    if (!account) return out;
    out.kind = store::account_name(account->kind);
    if (account->kind == core::AccountKind::stock) out.status = store::status_name(account->status);
    out.warehouse = find(names_.warehouses, account->warehouse);
    out.location = find(names_.locations, account->location);
    if (account->order != 0) {
      out.order = order_of(static_cast<std::int64_t>(account->order));
      out.line = static_cast<std::int64_t>(account->line) + 1;
    }
    return out;
  }

  Hash ledger_hash(const store::Statement& row) {
    LedgerFields fields;
    fields.owner = name_;
    fields.number = last_;
    fields.book = static_cast<core::Book>(row.integer(3));
    if (const auto sku = names_.skus.find(row.integer(4)); sku != names_.skus.end())
      fields.sku = sku->second;
    if (const auto lot = names_.lots.find(row.integer(5)); lot != names_.lots.end())
      fields.lot = lot->second;
    fields.quantity = row.integer(6);
    fields.from = account(row.blob(7));
    fields.to = account(row.blob(8));
    if (row.integer(9) != 0 && !row.is_null(12)) {
      fields.document_type = document_type_name(static_cast<DocumentType>(row.integer(12)));
      fields.document_source = row.text(13);
      fields.document_id = row.text(14);
    }
    fields.happened_at = row.integer(10);
    fields.known_at = row.integer(11);
    return hasher_.next(hash_, fields);
  }

  Hash audit_hash(const store::Statement& row) {
    const std::string digest = hex_of(row.blob(15));
    AuditFields fields;
    fields.owner = name_;
    fields.number = last_;
    fields.at = row.integer(10);
    fields.token = row.text(13);
    fields.actor_digest = digest;
    fields.action = row.text(14);
    fields.order = order_of(row.integer(9));
    fields.line = row.text(16);
    fields.field = row.text(17);
    fields.old_value = row.text(18);
    fields.new_value = row.text(19);
    fields.reason = row.text(20);
    return hasher_.next(hash_, fields);
  }

  const StoreNames& names_;
  std::int64_t owner_;
  Report& report_;
  std::string name_;
  Hasher hasher_;
  Hash hash_ = kStart;
  std::int64_t last_ = 0;
};

Refused check_chain(store::Database& database, const StoreNames& names, std::int64_t owner,
                    std::int64_t number, std::string_view hash, Report& report) {
  auto rows = database.prepare(kChain);
  if (!rows) return rows.problem();
  rows->bind(1, owner);
  ChainCheck check(names, owner, report);
  while (rows->step()) {
    if (!check.entry(*rows)) return std::nullopt;
  }
  if (rows->problem()) return rows->problem();
  check.end(number, hash);
  return std::nullopt;
}

}  // namespace

Refused check_chains(store::Database& database, const StoreNames& names, Report& report) {
  struct Head {
    std::int64_t number = 0;
    std::string hash{bytes_of(kStart)};
  };
  // An owner without a head may still have entries that somebody put there.
  std::map<std::int64_t, Head> heads;
  for (const auto& [owner, name] : names.owners) heads[owner];
  Refused refused = each_row(
      database, "SELECT owner_id, number, hash FROM chain_heads", [&](store::Statement& row) {
        heads[row.integer(0)] = Head{row.integer(1), std::string(row.blob(2))};
      });
  for (const auto& [owner, head] : heads) {
    if (refused) break;
    refused = check_chain(database, names, owner, head.number, head.hash, report);
  }
  return refused;
}

}  // namespace lotbridge::engine
