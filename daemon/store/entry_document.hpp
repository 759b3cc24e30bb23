// Pieces of SQL: what kind of document moved the units of a row `l` of the ledger. A resolution of
// a return counts as that return, another source's report as the dispatch that it completes.
#pragma once

#define LOTBRIDGE_ENTRY_DOCUMENT                                                             \
  "JOIN documents d ON d.document_id = l.document_id "                                       \
  "LEFT JOIN document_links k ON k.owner_id = l.owner_id AND k.document_id = l.document_id " \
  "LEFT JOIN documents a ON a.document_id = k.about "
#define LOTBRIDGE_ENTRY_TYPE "coalesce(a.type, d.type)"
#define LOTBRIDGE_ENTRY_ROOT "coalesce(k.about, d.void_of, d.document_id)"
