// Strict reading and canonical writing of documents: the one door between JSON and the structs.
//
// read_* refuse unknown keys, wrong types, impossible dates and numbers, bodies that nest deeper
// than `max_depth`, and say where by JSON Pointer; nothing is guessed. write_* give one canonical
// text: fixed key order, what is not set left out, defaults written out, so that equal content has
// equal bytes. Stateless apart from a parser per thread; any thread.
#pragma once

#include <string>
#include <string_view>

#include <lotbridge/documents.hpp>
#include <lotbridge/status.hpp>

namespace lotbridge {

struct ReadLimits {
  std::size_t max_depth = 64;
  std::size_t max_lines = 10'000;  // lines of one document
};

// "order", "item", "lot_correction" <-> the enum; the path form is plural with '-' (orders).
Maybe<DocumentType> document_type(std::string_view singular_name);
std::string_view document_type_name(DocumentType type);  // "order", "return"
std::string_view document_type_path(DocumentType type);  // "orders", "returns"
Maybe<DocumentType> document_type_of_path(std::string_view path);

// Reads one document of a known type; a key `type` may repeat it. Bad JSON: code "bad_json".
// Unknown key: "unknown_key". Any other fault of shape: "invalid_value". All faults found are
// listed, at most 20.
Result<Document> read_document(DocumentType type, std::string_view json, const ReadLimits& = {});

// The same for a line of NDJSON, which names its own `type`.
Result<Document> read_typed_document(std::string_view json, const ReadLimits& = {});

// A policy by itself, as the configuration holds it.
Result<PolicyKnobs> read_policy(std::string_view json);

// The whole document, canonical. With `type` first when `with_type`.
std::string write_document(const Document&, bool with_type = false);
// What identity is judged by: the canonical text without `at`, `command`, `source`, `owner`.
std::string write_content(const Document&);
std::string write_policy(const PolicyKnobs&);

}  // namespace lotbridge
