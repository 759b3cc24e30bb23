// lots.write: the stamp on the order's lines.
#include <lotbridge/failure.hpp>
#include <lotbridge/stamps.hpp>

#include "orders.hpp"
#include "writing.hpp"

namespace lotbridge::woocommerce {
namespace {

JsonText meta(const std::string& key, const JsonText& value) {
  return json_object({{"key", key}, {"value", value}});
}

Json line_of(const Json& order, const std::string& id) {
  for (const Json& line : order["line_items"].items()) {
    if (line["id"].id() == id) return line;
  }
  return Json();
}

std::string text_of(const Json& value) {
  return value.is_text() ? value.text() : std::string(value.raw());
}

// The entries of one line that differ from what stands there. An entry without value is taken away.
std::vector<JsonText> changes(const Json& line, const StampedLine& stamp,
                              const Settings& settings) {
  std::vector<JsonText> out;
  const Json machine = meta_of(line, kMachineKey), label = meta_of(line, settings.lot_label);
  if (stamp.dispatches.empty()) {
    if (machine) out.push_back(meta(kMachineKey, nullptr));
    if (label && machine) out.push_back(meta(settings.lot_label, nullptr));
    return out;
  }
  const std::string wanted = stamped_line_json(stamp).str();
  const std::string words = readable_line(stamp);
  if (!machine || compact_json(text_of(machine)) != compact_json(wanted)) {
    out.push_back(meta(kMachineKey, wanted));
  }
  if (!label || text_of(label) != words) out.push_back(meta(settings.lot_label, words));
  return out;
}

std::string note_of(const LotsWrite& stamp) {
  std::string out;
  for (const StampedLine& line : stamp.lines) {
    if (line.dispatches.empty()) continue;
    out += (out.empty() ? "Lots shipped: " : "; ") + line.sku.value_or("line " + line.line) + ": " +
           readable_line(line);
  }
  return out;
}

// The shop answers with the order as it stands now; without our value nothing was written.
void must_hold(const Json& order, const LotsWrite& stamp) {
  for (const StampedLine& line : stamp.lines) {
    const Json there = line_of(order, line.line);
    if (!there || line.dispatches.empty()) continue;
    const Json value = meta_of(there, kMachineKey);
    if (!value || compact_json(text_of(value)) != compact_json(stamped_line_json(line).str())) {
      throw Failure(LB_RETRY, "the shop did not keep the lots of line " + line.line);
    }
  }
}

}  // namespace

std::string add_note(Call& call, Api& api, const std::string& order, const std::string& text,
                     bool customer) {
  const std::string path = "/orders/" + order + "/notes";
  const std::string mark = "[" + text_mark(text) + "]";
  const Json notes = api.list(call, path, {{"type", "any"}}, "reading the order's notes");
  for (const Json& note : notes.items()) {
    if (note["note"].text_or("").find(mark) != std::string::npos) return note["id"].id();
  }
  const JsonText body = json_object({{"note", text + " " + mark}, {"customer_note", customer}});
  return api.write(call, "POST", path, body.str(), "adding a note to the order")["id"].id();
}

void write_lots(Call& call, Api& api, const Settings& settings, const Instruction& instruction,
                const LotsWrite& stamp) {
  const std::string path = "/orders/" + instruction.order.id;
  const Json order = api.object(call, path, "reading order " + instruction.order.id);
  std::vector<JsonText> lines;
  for (const StampedLine& line : stamp.lines) {
    const Json there = line_of(order, line.line);
    if (!there) {  // a line without its id would be a new line to the shop
      call.log(Call::Level::warning, "order " + instruction.order.id + ": the shop has no line " +
                                         line.line + " any more");
      continue;
    }
    const auto differs = changes(there, line, settings);
    if (differs.empty()) continue;
    lines.push_back(json_object({{"id", there["id"]}, {"meta_data", json_array(differs)}}));
  }
  if (!lines.empty()) {
    const std::string body = json_object({{"line_items", json_array(lines)}}).str();
    must_hold(api.write(call, "PUT", path, body, "writing lots", true), stamp);
  }
  const std::string note = note_of(stamp);
  if (settings.order_notes == "none" || note.empty()) return;
  add_note(call, api, instruction.order.id, note, settings.order_notes == "customer");
}

}  // namespace lotbridge::woocommerce
