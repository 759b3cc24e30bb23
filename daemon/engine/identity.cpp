#include "identity.hpp"

#include <lotbridge/records.hpp>

namespace lotbridge::engine {

using store::Sql;

namespace {

struct Known {
  std::int64_t document = 0, revision = 0, order = 0, source = 0;
  std::optional<std::int64_t> version;
  std::string digest;
};

std::optional<Known> known_at(store::Rows rows) {
  if (!rows.next()) return std::nullopt;
  Known known;
  known.document = rows.integer(0);
  known.version = rows.maybe_integer(1);
  known.digest = std::string(rows.blob(2));
  known.revision = rows.integer(3);
  known.order = rows.integer(4);
  known.source = rows.integer(5);
  return known;
}

// Items, policies, orders and purchase orders change by being sent again.
bool is_revisable(DocumentType type) {
  return type == DocumentType::item || type == DocumentType::policy ||
         type == DocumentType::order || type == DocumentType::purchase_order;
}

}  // namespace

bool is_command(const Document& document) {
  return document.command.value_or(document.source == "api");
}

std::optional<std::int64_t> version_of(const Document& document) {
  if (const auto* order = std::get_if<lotbridge::Order>(&document.body)) return order->version;
  if (const auto* order = std::get_if<PurchaseOrder>(&document.body)) return order->version;
  if (const auto* recall = std::get_if<Recall>(&document.body)) return recall->version;
  return std::nullopt;
}

std::string_view verdict_name(Identity::Verdict verdict) {
  switch (verdict) {
    case Identity::Verdict::fresh:
      return "applied";
    case Identity::Verdict::duplicate:
      return "duplicate";
    case Identity::Verdict::stale:
      return "stale";
    case Identity::Verdict::revised:
      return "revised";
    case Identity::Verdict::corrected:
      return "corrected";
    case Identity::Verdict::conflict:
      return "conflict";
  }
  return "applied";
}

Identity judge(Workbench& bench, const Document& document, core::OwnerId owner) {
  Identity identity;
  identity.digest = bench.digest.of(write_content(document));
  identity.source = bench.source_id(document.source);
  const DocumentType type = document.type();
  const auto known =
      type == DocumentType::policy
          ? known_at(bench.store.query(Sql::find_document_any_source, owner, type, document.id))
          : known_at(
                bench.store.query(Sql::find_document, owner, type, document.id, identity.source));
  if (!known) return identity;
  identity.document = known->document;
  identity.order = known->order;
  identity.source = known->source;
  const auto version = version_of(document);
  if (known->digest == identity.digest) {
    identity.verdict = Identity::Verdict::duplicate;
  } else if (version && known->version && *version < *known->version) {
    identity.verdict = Identity::Verdict::stale;
  } else if (is_revisable(type) || (type == DocumentType::recall && version && known->version &&
                                    *version > *known->version)) {
    identity.verdict = Identity::Verdict::revised;
  } else {
    identity.verdict =
        is_command(document) ? Identity::Verdict::conflict : Identity::Verdict::corrected;
  }
  return identity;
}

std::optional<Stored> stored_document(Workbench& bench, std::int64_t row) {
  auto rows = bench.store.query(Sql::select_document, row);
  if (!rows.next()) return std::nullopt;
  Stored stored;
  stored.row = rows.integer(0);
  stored.owner = static_cast<core::OwnerId>(rows.integer(1));
  stored.type = static_cast<DocumentType>(rows.integer(2));
  stored.source = rows.integer(3);
  stored.happened_at = Timestamp{rows.integer(7)};
  stored.body = std::string(rows.text(9));
  stored.exceptions = std::string(rows.text(10));
  stored.order = rows.integer(11);
  return stored;
}

std::optional<Document> parse_stored(const Stored& stored) {
  ReadLimits limits;
  limits.max_lines = 1'000'000;
  auto document = read_document(stored.type, stored.body, limits);
  if (!document) return std::nullopt;
  return std::move(*document);
}

}  // namespace lotbridge::engine
