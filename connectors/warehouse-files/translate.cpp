#include "translate.hpp"

#include <algorithm>
#include <set>

#include "rows.hpp"
#include "table.hpp"
#include "values.hpp"

namespace lotbridge::warehouse_files {
namespace {

constexpr std::size_t kDocumentLines =
    5'000;  // more become a second document; the daemon takes 10,000
constexpr std::size_t kRawMax = 64U * 1024U;  // bytes of a row that is set aside
constexpr std::size_t kTellApart =
    20;  // so many bad rows and no good one: it is the file, not the rows

// Numbers that do not tell the lines apart are no names; the lines are counted then.
void number_lines(Receipt& receipt) {
  std::set<std::string_view> names;
  for (const ReceiptLine& line : receipt.lines) names.insert(line.line);
  if (names.size() == receipt.lines.size()) return;
  std::size_t number = 0;
  for (ReceiptLine& line : receipt.lines) line.line = std::to_string(++number);
}

// At most `most` bytes of the text, cut between two characters.
std::size_t whole_characters(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return most;
}

class Reading {
 public:
  Reading(std::string_view file, std::string_view sha256, const Settings& settings,
          const Feed& feed, Timestamp latest)
      : file_(file),
        file_id_(fitting_id(std::string(file) + ":" + std::string(sha256.substr(0, 12)))),
        groups_(file_id_, kDocumentLines),
        settings_(settings),
        feed_(feed),
        latest_(latest) {}

  Translation run(std::string_view bytes) {
    const Result<std::string> text = decode(bytes, feed_.encoding);
    if (!text) return fail(text.problem().detail);
    const Result<Header> header = find_header(*text, feed_);
    if (!header) return fail(header.problem().detail);
    read_rows(*text, *header);
    finish();
    return std::move(out_);
  }

 private:
  Translation fail(const std::string& why) {
    out_.failure = why;
    out_.parked.push_back({0, why});
    out_.outputs.push_back({0, whole_file(why)});
    return std::move(out_);
  }

  Parked whole_file(const std::string& why) const {
    Parked parked;
    parked.kind = record_name(feed_.kind);
    parked.raw = file_;
    parked.message = file_ + ": " + why;
    parked.id = file_id_;
    parked.origin = file_;
    return parked;
  }

  void read_rows(std::string_view text, const Header& header) {
    CsvReader reader(text, {.delimiter = header.delimiter});
    for (CsvRow cells;;) {
      const Result<bool> more = reader.next(cells);
      if (more && !*more) return;
      if (cells.line <= header.line || (more && cells.blank())) continue;
      ++out_.rows;
      if (!more) {
        park(cells.line, cells.raw, "", more.problem().detail);
      } else if (cells.cells == header.cells || is_trailer(cells)) {
        ++out_.ignored;
      } else {
        read_row(cells, header);
      }
    }
  }

  bool is_trailer(const CsvRow& cells) const {
    return std::any_of(feed_.ignore.begin(), feed_.ignore.end(), [&](const std::string& word) {
      return !word.empty() && trimmed(cells.cells[0]).starts_with(word);
    });
  }

  void read_row(const CsvRow& cells, const Header& header) {
    Row row(feed_, header, cells);
    RowContext context{groups_, settings_, feed_, latest_, {}, false};
    switch (feed_.kind) {
      case Kind::receipts:
        add_receipt_row(row, context);
        break;
      case Kind::shipments:
        add_shipment_row(row, context);
        break;
      case Kind::returns:
        add_return_row(row, context);
        break;
      case Kind::counts:
        add_count_row(row, context);
        break;
    }
    if (!row.refused().empty()) {
      park(cells.line, cells.raw, feed_.carries_owners() ? row.text("owner") : "", row.refused());
    } else if (context.ignored) {
      ++out_.ignored;
    }
    for (std::string& warning : context.warnings)
      out_.warnings.push_back({cells.line, std::move(warning)});
  }

  void park(std::size_t line, std::string_view raw, const std::string& owner,
            const std::string& why) {
    const std::string at = file_ + ":" + std::to_string(line);
    Parked parked;
    parked.kind = record_name(feed_.kind);
    parked.raw = std::string(raw.substr(0, whole_characters(raw, kRawMax)));
    parked.message = at + ": " + why;
    parked.id = fitting_id(file_id_ + ":" + std::to_string(line));
    // The daemon can't file it under a customer that it does not know.
    const bool known = settings_.customers().empty() || settings_.customers().contains(owner);
    parked.owner = known ? owner : "";
    parked.origin = at;
    out_.parked.push_back({line, why});
    out_.outputs.push_back({line, std::move(parked)});
  }

  void finish() {
    out_.documents = groups_.size();
    for (Group& group : groups_.take()) {
      if (auto* receipt = std::get_if<Receipt>(&group.document.body)) number_lines(*receipt);
      if (auto* dispatch = std::get_if<Dispatch>(&group.document.body)) {
        // A shipment's own number names one dispatch only where it stands for one.
        if (group.document.id != dispatch->shipment) dispatch->shipment.reset();
      }
      out_.outputs.push_back({group.line, std::move(group.document)});
    }
    std::stable_sort(out_.outputs.begin(), out_.outputs.end(),
                     [](const Output& a, const Output& b) { return a.line < b.line; });
    if (out_.documents > 0 || out_.parked.size() < kTellApart) return;
    out_.failure = "none of its " + std::to_string(out_.parked.size()) + " rows is usable; line " +
                   std::to_string(out_.parked[0].line) + ": " + out_.parked[0].text;
    out_.outputs.clear();
    out_.outputs.push_back({0, whole_file(out_.failure)});
  }

  const std::string file_, file_id_;
  Groups groups_;
  const Settings& settings_;
  const Feed& feed_;
  const Timestamp latest_;
  Translation out_;
};

}  // namespace

Translation translate(std::string_view bytes, std::string_view file_name, std::string_view sha256,
                      const Settings& settings, const Feed& feed, Timestamp latest) {
  return Reading(file_name, sha256, settings, feed, latest).run(bytes);
}

}  // namespace lotbridge::warehouse_files
