#include "pick.hpp"

#include <vector>

namespace lotbridge::warehouse_files {
namespace {

constexpr const char* kColumns[] = {"order",    "order_number", "version", "status",  "warehouse",
                                    "ship_on",  "order_line",   "sku",     "lot",     "expires_on",
                                    "quantity", "location",     "name",    "company", "address1",
                                    "address2", "postal_code",  "city",    "region",  "country",
                                    "phone",    "email",        "owner"};

class CsvWriter {
 public:
  explicit CsvWriter(char delimiter) : delimiter_(delimiter) {}

  void cell(std::string_view text) {
    if (!first_) out_ += delimiter_;
    first_ = false;
    const bool plain = text.find_first_of("\"\r\n") == std::string_view::npos &&
                       text.find(delimiter_) == std::string_view::npos && !text.starts_with(' ') &&
                       !text.ends_with(' ');
    if (plain) {
      out_ += text;
      return;
    }
    out_ += '"';
    for (const char c : text) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    out_ += '"';
  }
  void maybe(const Maybe<std::string>& text) {
    cell(text ? std::string_view(*text) : std::string_view());
  }
  // What a customer typed: a spreadsheet would run a cell that begins like a formula.
  void typed(const Maybe<std::string>& text) {
    const bool formula = text && !text->empty() &&
                         std::string_view("=@\t\r").find((*text)[0]) != std::string_view::npos;
    cell(formula ? "'" + *text : text.value_or(""));
  }
  void end_row() {
    out_ += "\r\n";
    first_ = true;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  char delimiter_;
  bool first_ = true;
};

Maybe<std::string> either(const Maybe<std::string>& one, const Maybe<std::string>& other) {
  return one ? one : other;
}

class PickFile {
 public:
  PickFile(const Instruction& instruction, const PickSend& pick, char delimiter)
      : instruction_(instruction), pick_(pick), out_(delimiter) {}

  std::string text() {
    for (const char* column : kColumns) out_.cell(column);
    out_.end_row();
    for (const PlannedLine& line : pick_.lines) {
      for (const PlannedLot& lot : line.lots) row(line, &lot);
      // Said, not left out: nothing of this line is to be picked (yet).
      if (line.lots.empty()) row(line, nullptr);
    }
    if (pick_.lines.empty()) row({}, nullptr);
    return out_.take();
  }

 private:
  void row(const PlannedLine& line, const PlannedLot* lot) {
    out_.cell(instruction_.order.id);
    out_.maybe(instruction_.order.number);
    out_.cell(std::to_string(instruction_.version));
    out_.cell(pick_.status);
    out_.cell(lot != nullptr ? lot->warehouse : pick_.warehouse.value_or(""));
    out_.cell(pick_.ship_on ? pick_.ship_on->text() : "");
    out_.cell(line.line);
    out_.cell(lot != nullptr ? lot->sku : line.sku.value_or(""));
    out_.cell(lot != nullptr ? lot->lot.text : "");
    out_.cell(lot != nullptr && lot->expires_on ? lot->expires_on->text() : "");
    out_.cell(lot != nullptr ? lot->quantity.text() : "0");
    out_.maybe(lot != nullptr ? lot->location : std::nullopt);
    address();
    out_.cell(instruction_.owner);
    out_.end_row();
  }

  void address() {
    const Address address = pick_.ship_to.value_or(Address{});
    const Customer customer = pick_.customer.value_or(Customer{});
    out_.typed(either(address.name, customer.name));
    out_.typed(address.company);
    out_.typed(address.address1);
    out_.typed(address.address2);
    out_.typed(address.postal_code);
    out_.typed(address.city);
    out_.typed(address.region);
    out_.typed(address.country);
    out_.typed(either(address.phone, customer.phone));
    out_.typed(customer.email);
  }

  const Instruction& instruction_;
  const PickSend& pick_;
  CsvWriter out_;
};

// What may stand in a file name everywhere. A name that had to be changed gets a digest, so that
// two orders never share one.
std::string file_part(const std::string& text) {
  std::string part;
  std::uint32_t hash = 0x811c9dc5;  // FNV-1a
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '.';
    if (part.size() < 40) part += plain ? c : '_';
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
  }
  if (part == text) return part;
  static constexpr char kHex[] = "0123456789abcdef";
  part += '_';
  for (int shift = 28; shift >= 0; shift -= 4) part += kHex[(hash >> shift) & 15U];
  return part;
}

}  // namespace

std::string pick_file_name(const Instruction& instruction) {
  std::string name = "pick_" + file_part(instruction.owner);
  std::string number = instruction.order.number.value_or("");
  if (number.starts_with('#')) number.erase(0, 1);  // a shop's habit, not part of the number
  if (!number.empty() && number != instruction.order.id) name += "_" + file_part(number);
  return name + "_" + file_part(instruction.order.id) + "_v" + std::to_string(instruction.version) +
         ".csv";
}

std::string pick_file(const Instruction& instruction, const PickSend& pick, char delimiter) {
  return PickFile(instruction, pick, delimiter).text();
}

}  // namespace lotbridge::warehouse_files
