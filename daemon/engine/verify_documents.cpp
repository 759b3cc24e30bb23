// Invariant 5 as far as a store can show it: nothing that was acknowledged is gone, and whatever
// goes out carries a key of its own.
#include "verify_parts.hpp"

namespace lotbridge::engine {
namespace {

struct Reference {
  std::string_view what, sql;  // gives the number of the document that is not there, and where
};

constexpr Reference kReferences[] = {
    {"The ledger's entry ",
     "SELECT l.document_id, o.name || ' ' || l.number FROM ledger l "
     "JOIN owners o ON o.owner_id = l.owner_id LEFT JOIN documents d "
     "ON d.document_id = l.document_id WHERE l.document_id <> 0 AND d.document_id IS NULL"},
    {"A stamp of order ",
     "SELECT s.document_id, coalesce(o.natural_key, s.order_id) FROM stamps s "
     "LEFT JOIN orders o ON o.order_id = s.order_id LEFT JOIN documents d "
     "ON d.document_id = s.document_id WHERE d.document_id IS NULL"},
    {"Order ",
     "SELECT o.document_id, o.natural_key FROM orders o LEFT JOIN documents d "
     "ON d.document_id = o.document_id WHERE o.document_id IS NOT NULL AND d.document_id IS NULL"},
    {"Item ",
     "SELECT s.document_id, s.sku FROM skus s LEFT JOIN documents d "
     "ON d.document_id = s.document_id WHERE s.document_id IS NOT NULL AND d.document_id IS NULL"},
    {"A block of lot ",
     "SELECT b.document_id, l.code FROM blocks b JOIN lots l ON l.lot_id = b.lot_id "
     "LEFT JOIN documents d ON d.document_id = b.document_id WHERE d.document_id IS NULL"},
};

}  // namespace

Refused check_documents(store::Database& database, const StoreNames&, Report& report) {
  Refused refused;
  for (const Reference& reference : kReferences) {
    if (refused) return refused;
    refused = each_row(database, reference.sql, [&](store::Statement& row) {
      report.add(5, "document_missing",
                 std::string(reference.what) + std::string(row.text(1)) + " comes from document " +
                     std::to_string(row.integer(0)) + ", which is not there.");
    });
  }
  if (!refused) {
    // Each correction or revision keeps the body before it.
    refused = each_row(
        database,
        "SELECT d.id, d.revision, (SELECT count(*) FROM document_revisions r "
        "WHERE r.document_id = d.document_id AND r.revision < d.revision) FROM documents d",
        [&](store::Statement& row) {
          ++report.documents;
          if (row.integer(2) == row.integer(1) - 1) return;
          report.add(5, "revision_missing",
                     "Document " + std::string(row.text(0)) + " is at revision " +
                         std::to_string(row.integer(1)) + " and " + std::to_string(row.integer(2)) +
                         " earlier ones are kept.");
        });
  }
  if (refused) return refused;
  return each_row(database,
                  "SELECT connector, key, count(*) FROM outbox GROUP BY connector, operation, "
                  "subject, key HAVING key = '' OR count(*) > 1",
                  [&](store::Statement& row) {
                    report.add(5, "instruction_key",
                               "Instructions to " + std::string(row.text(0)) + ": " +
                                   std::to_string(row.integer(2)) + " carry the key '" +
                                   std::string(row.text(1)) + "'.");
                  });
}

}  // namespace lotbridge::engine
