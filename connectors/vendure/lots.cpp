// lots.write: the stamp on the order, on its lines and in its history.
#include <lotbridge/failure.hpp>
#include <lotbridge/stamps.hpp>

#include "orders.hpp"
#include "writing.hpp"

namespace lotbridge::vendure {
namespace {

std::string standing(const Json& owner, const std::string& field) {
  const Json value = owner["customFields"][field];
  return value.is_text() ? value.text() : std::string();
}

std::string machine_text(const LotsWrite& stamp) {
  std::vector<JsonText> lines;
  for (const StampedLine& line : stamp.lines) {
    if (line.dispatches.empty()) continue;
    lines.push_back(json_object({{"line", line.line},
                                 {"sku", line.sku},
                                 {"quantity", line.quantity},
                                 {"stamp", stamped_line_json(line)}}));
  }
  if (lines.empty()) return "";
  return json_object({{"v", 1}, {"lines", json_array(lines)}}).str();
}

std::string readable_text(const LotsWrite& stamp) {
  std::string out;
  for (const StampedLine& line : stamp.lines) {
    if (line.dispatches.empty()) continue;
    out += (out.empty() ? "" : "\n") + line.sku.value_or("line " + line.line) + ": " +
           readable_line(line);
  }
  return out;
}

using Fields = std::vector<std::pair<std::string, JsonText>>;

// Adds the field where it differs; an empty text takes it away.
void put(const Json& owner, const Maybe<std::string>& field, const std::string& value,
         Fields& out) {
  if (!field) return;
  const std::string there = standing(owner, *field);
  if (there == value || compact_json(there) == compact_json(value)) return;
  out.emplace_back(*field, value.empty() ? JsonText() : JsonText(value));
}

void write_order(Call& call, Admin& admin, const Settings& settings, const Json& order,
                 const LotsWrite& stamp) {
  Fields fields;
  put(order, settings.fields.order, machine_text(stamp), fields);
  put(order, settings.fields.order_text, readable_text(stamp), fields);
  if (fields.empty()) return;
  const Json data =
      admin.mutate(call, "LotbridgeSetFields",
                   "LotbridgeSetFields($input: UpdateOrderInput!) { setOrderCustomFields(input: "
                   "$input) { id } }",
                   json_object({{"input", json_object({{"id", order["id"].id()},
                                                       {"customFields", json_object(fields)}})}}));
  if (!data["setOrderCustomFields"]) {
    throw Failure(LB_RETRY, "the shop did not say that it kept the lots");
  }
}

std::vector<JsonText> line_changes(Call& call, const Settings& settings, const Json& order,
                                   const LotsWrite& stamp) {
  std::vector<JsonText> out;
  if (!settings.fields.line && !settings.fields.line_text) return out;
  for (const StampedLine& line : stamp.lines) {
    bool found = false;
    for (const Json& there : order["lines"].items()) {
      if (there["id"].id() != line.line) continue;
      found = true;
      Fields fields;
      const bool any = !line.dispatches.empty();
      put(there, settings.fields.line, any ? stamped_line_json(line).str() : "", fields);
      put(there, settings.fields.line_text, any ? readable_line(line) : "", fields);
      if (fields.empty()) continue;
      out.push_back(json_object({{"orderLineId", line.line},
                                 {"quantity", there["quantity"].integer()},
                                 {"customFields", json_object(fields)}}));
    }
    if (!found) {
      call.log(Call::Level::warning,
               "order " + order["id"].id() + ": the shop has no line " + line.line + " any more");
    }
  }
  return out;
}

void write_note(Call& call, Admin& admin, const Settings& settings, const Json& order,
                const LotsWrite& stamp) {
  const std::string text = readable_text(stamp);
  if (settings.note == "none" || text.empty()) return;
  const std::string mark = "[" + text_mark(text) + "]";
  const Json data = admin.query(
      call, "LotbridgeNotes",
      "LotbridgeNotes($id: ID!) { order(id: $id) { history(options: { take: 100, sort: { createdAt:"
      " DESC }, filter: { type: { eq: \"ORDER_NOTE\" } } }) { items { data } } } }",
      json_object({{"id", order["id"].id()}}));
  for (const Json& entry : data["order"]["history"]["items"].items_or_none()) {
    if (entry["data"]["note"].text_or("").find(mark) != std::string::npos) return;
  }
  const JsonText input = json_object({{"id", order["id"].id()},
                                      {"note", "Lots shipped\n" + text + "\n" + mark},
                                      {"isPublic", settings.note == "public"}});
  admin.mutate(
      call, "LotbridgeNote",
      "LotbridgeNote($input: AddNoteToOrderInput!) { addNoteToOrder(input: $input) { id } }",
      json_object({{"input", input}}));
}

}  // namespace

void write_lots(Call& call, Admin& admin, const Settings& settings, const Instruction& instruction,
                const LotsWrite& stamp) {
  const Json order = read_order(call, admin, settings, instruction.order.id);
  const auto lines = line_changes(call, settings, order, stamp);
  // Also when nothing differs: an earlier attempt may have left the order in between.
  if (!lines.empty() || order["state"].text() == "Modifying") {
    write_lines(call, admin, settings, order, lines);
  }
  write_order(call, admin, settings, order, stamp);
  write_note(call, admin, settings, order, stamp);
}

}  // namespace lotbridge::vendure
