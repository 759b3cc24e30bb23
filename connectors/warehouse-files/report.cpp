#include "report.hpp"

#include <lotbridge/json.hpp>
#include <lotbridge/records.hpp>

namespace lotbridge::warehouse_files {
namespace {

std::string outcome(const Translation& result) { return result.failed() ? "failed" : "done"; }

void add_notes(std::string& text, const char* title, const std::vector<LineNote>& notes) {
  if (notes.empty()) return;
  text += std::string("\n") + title + "\n";
  for (const LineNote& note : notes) {
    text += note.line == 0 ? "  the file: " : "  line " + std::to_string(note.line) + ": ";
    text += note.text + "\n";
  }
}

JsonText notes_json(const std::vector<LineNote>& notes, const char* name) {
  std::vector<JsonText> items;
  for (const LineNote& note : notes) {
    JsonText line;
    if (note.line != 0) line = JsonText(static_cast<unsigned long>(note.line));
    items.push_back(json_object({{"line", line}, {name, note.text}}));
  }
  return json_array(items);
}

}  // namespace

std::string report_text(const FileName& file, const Feed& feed, const Translation& result,
                        Timestamp taken_at) {
  std::string text = file.name + ": " + outcome(result) + "\n";
  text += "read as " + std::string(kind_name(feed.kind)) + ", " + taken_at.text() + ", SHA-256 " +
          file.sha256 + "\n";
  if (!result.failure.empty()) text += "\nNot usable: " + result.failure + "\n";
  text += "\nrows       " + std::to_string(result.rows) + "\n";
  text += "documents  " + std::to_string(result.documents) + "\n";
  text += "set aside  " + std::to_string(result.parked.size()) + "\n";
  text += "ignored    " + std::to_string(result.ignored) + "\n";
  add_notes(text, "Set aside (mend them and send the file again):", result.parked);
  add_notes(text, "To look at:", result.warnings);
  if (result.documents > 0) text += "\nDocuments handed over:\n";
  for (const Output& output : result.outputs) {
    const auto* document = std::get_if<Document>(&output.record);
    if (document == nullptr) continue;
    text += "  " + std::string(document_type_name(document->type())) + " " + document->id;
    if (!document->owner.empty()) text += " (" + document->owner + ")";
    text += "\n";
  }
  return text;
}

std::string report_json(const FileName& file, const Feed& feed, const Translation& result,
                        Timestamp taken_at) {
  std::vector<JsonText> documents;
  for (const Output& output : result.outputs) {
    const auto* document = std::get_if<Document>(&output.record);
    if (document == nullptr) continue;
    JsonText owner;
    if (!document->owner.empty()) owner = JsonText(document->owner);
    documents.push_back(json_object({{"type", document_type_name(document->type())},
                                     {"id", document->id},
                                     {"customer", owner},
                                     {"line", static_cast<unsigned long>(output.line)}}));
  }
  JsonText failure;
  if (!result.failure.empty()) failure = JsonText(result.failure);
  return json_object({{"file", file.name},
                      {"sha256", file.sha256},
                      {"feed", kind_name(feed.kind)},
                      {"outcome", outcome(result)},
                      {"failure", failure},
                      {"taken_at", taken_at},
                      {"rows", static_cast<unsigned long>(result.rows)},
                      {"ignored", static_cast<unsigned long>(result.ignored)},
                      {"parked", notes_json(result.parked, "reason")},
                      {"warnings", notes_json(result.warnings, "warning")},
                      {"documents", json_array(documents)}})
             .str() +
         "\n";
}

}  // namespace lotbridge::warehouse_files
