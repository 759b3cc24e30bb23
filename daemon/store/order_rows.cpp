#include "order_rows.hpp"

#include <charconv>
#include <unordered_map>

#include <simdjson.h>

#include <lotbridge/records.hpp>

#include "sdk/records/json_writer.hpp"

namespace lotbridge::store {
namespace {

constexpr std::int64_t kCancelled = 1, kAsked = 2, kCartExpired = 4;

// Lines that the order's own document does not hold, as a document of their own. There they are
// called by their index: a line that only a dispatch knows has no name.
std::string beside_name(std::size_t index) { return "@" + std::to_string(index); }

std::string lines_beside(const core::Order& order) {
  lotbridge::Order beside;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    const core::LineState& line = order.lines[i];
    if (!line.removed && order.known && !line.sent.line.empty()) continue;
    beside.lines.push_back(line.sent);
    beside.lines.back().line = beside_name(i);
  }
  if (beside.lines.empty()) return {};
  Document document;
  document.id = "beside";
  document.body = std::move(beside);
  return write_document(document);
}

void write_line(JsonWriter& json, const core::LineState& line) {
  json.open('[');
  json.text(line.sent.line);
  json.integer(line.removed ? 1 : 0);
  json.integer(line.sku);
  json.integer(line.factor.micros);
  json.integer(line.quantity.micros);
  json.integer(line.cancelled.micros);
  json.open('[');
  for (const core::LotReturned& returned : line.returned_lots) {
    json.integer(returned.lot);
    json.integer(returned.quantity.micros);
  }
  json.close(']');
  json.text(line.problem);
  json.text(line.shortage_reason);
  json.open('[');
  for (const Component& component : line.components) {
    json.text(component.sku);
    json.integer(component.quantity.micros);
  }
  json.close(']');
  json.close(']');
}

Problem damaged(const OrderRow& row) {
  return Problem{
      "invalid_store", "the order of row " + std::to_string(row.id) + " can't be read", {}};
}

using Lines = std::unordered_map<std::string, OrderLine>;

bool take_lines(std::string_view body, Lines& lines, lotbridge::Order* header) {
  ReadLimits limits;
  limits.max_lines = 1'000'000;
  auto document = read_document(DocumentType::order, body, limits);
  if (!document) return false;
  auto& order = std::get<lotbridge::Order>(document->body);
  for (OrderLine& line : order.lines) {
    lines.try_emplace(line.line, std::move(line));
  }
  order.lines.clear();
  if (header != nullptr) *header = std::move(order);
  return true;
}

std::int64_t integer_at(simdjson::dom::array values, std::size_t index) {
  std::int64_t value = 0;
  if (values.at(index).get(value) != simdjson::SUCCESS) return 0;
  return value;
}

std::string text_at(simdjson::dom::array values, std::size_t index) {
  std::string_view value;
  if (values.at(index).get(value) != simdjson::SUCCESS) return {};
  return std::string(value);
}

core::LineState line_of(simdjson::dom::array values, std::size_t index, const Lines& lines,
                        const Lines& beside) {
  core::LineState line;
  const std::string name = text_at(values, 0);
  if (const auto own = beside.find(beside_name(index)); own != beside.end()) {
    line.sent = own->second;
  } else if (const auto found = lines.find(name); found != lines.end()) {
    line.sent = found->second;
  }
  line.sent.line = name;
  line.removed = integer_at(values, 1) != 0;
  line.sku = static_cast<core::SkuId>(integer_at(values, 2));
  line.factor = Quantity{integer_at(values, 3)};
  line.quantity = Quantity{integer_at(values, 4)};
  line.cancelled = Quantity{integer_at(values, 5)};
  simdjson::dom::array returned;
  if (values.at(6).get(returned) == simdjson::SUCCESS) {
    for (std::size_t i = 0; i + 1 < returned.size(); i += 2) {
      const Quantity quantity{integer_at(returned, i + 1)};
      line.returned_lots.push_back({static_cast<core::LotId>(integer_at(returned, i)), quantity});
      line.returned += quantity;
    }
  }
  line.problem = text_at(values, 7);
  line.shortage_reason = text_at(values, 8);
  simdjson::dom::array bill;
  if (values.at(9).get(bill) == simdjson::SUCCESS) {
    for (std::size_t i = 0; i + 1 < bill.size(); i += 2) {
      line.components.push_back(Component{text_at(bill, i), Quantity{integer_at(bill, i + 1)}});
    }
  }
  return line;
}

bool read_state(simdjson::dom::element root, const Lines& lines, core::Order& order) {
  std::int64_t number = 0;
  std::string_view text;
  if (root["w"].get(number) != simdjson::SUCCESS) return false;
  order.warehouse = static_cast<core::WarehouseId>(number);
  if (root["c"].get(number) != simdjson::SUCCESS) return false;
  order.cancelled = (number & kCancelled) != 0;
  order.allocation_asked = (number & kAsked) != 0;
  order.cart_expired = (number & kCartExpired) != 0;
  if (root["f"].get(number) != simdjson::SUCCESS) return false;
  order.first_seen = Timestamp{number};
  if (root["r"].get(text) == simdjson::SUCCESS) order.reference = std::string(text);
  simdjson::dom::array values;
  if (root["d"].get(values) == simdjson::SUCCESS) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      order.waiting_documents.push_back(static_cast<core::DocumentId>(integer_at(values, i)));
    }
  }
  Lines beside;
  if (root["beside"].get(text) == simdjson::SUCCESS) {
    if (!take_lines(std::string(text), beside, nullptr)) return false;
  }
  if (root["l"].get(values) != simdjson::SUCCESS) return false;
  for (simdjson::dom::element element : values) {
    simdjson::dom::array line;
    if (element.get(line) != simdjson::SUCCESS) return false;
    order.lines.push_back(line_of(line, order.lines.size(), lines, beside));
  }
  return true;
}

}  // namespace

std::string order_state(const core::Order& order) {
  JsonWriter json(256);
  json.open('{');
  json.key("w");
  json.integer(order.warehouse);
  json.key("c");
  json.integer((order.cancelled ? kCancelled : 0) | (order.allocation_asked ? kAsked : 0) |
               (order.cart_expired ? kCartExpired : 0));
  json.key("f");
  json.integer(order.first_seen.ms);
  if (!order.reference.empty()) {
    json.key("r");
    json.text(order.reference);
  }
  if (!order.waiting_documents.empty()) {
    json.key("d");
    json.open('[');
    for (const core::DocumentId id : order.waiting_documents)
      json.integer(static_cast<std::int64_t>(id));
    json.close(']');
  }
  json.key("l");
  json.open('[');
  for (const core::LineState& line : order.lines) write_line(json, line);
  json.close(']');
  if (const std::string beside = lines_beside(order); !beside.empty()) {
    json.key("beside");
    json.text(beside);
  }
  json.close('}');
  return json.take();
}

Result<core::Order> order_of(const OrderRow& row) {
  core::Order order;
  order.id = row.id;
  order.owner = row.owner;
  order.document = row.document;
  order.known = row.document != 0;
  if (order.known) {
    order.source = std::string(row.source);
    order.doc_id = std::string(row.doc_id);
  }
  Lines lines;
  if (!row.body.empty() && !take_lines(row.body, lines, &order.header)) return damaged(row);
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(row.state.data(), row.state.size(), true).get(root) != simdjson::SUCCESS) {
    return damaged(row);
  }
  if (!read_state(root, lines, order)) return damaged(row);
  return order;
}

std::string candidates_text(const std::vector<core::LotId>& lots) {
  std::string out;
  for (const core::LotId lot : lots) {
    if (!out.empty()) out += ',';
    out += std::to_string(lot);
  }
  return out;
}

std::vector<core::LotId> candidates_of(std::string_view text) {
  std::vector<core::LotId> lots;
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    core::LotId lot = 0;
    const auto parsed = std::from_chars(at, end, lot);
    if (parsed.ec != std::errc()) break;
    lots.push_back(lot);
    at = parsed.ptr + 1;
  }
  return lots;
}

}  // namespace lotbridge::store
