#include "daemon/api/reads_gs1.hpp"

#include <lotbridge/gs1.hpp>
#include <lotbridge/records.hpp>

#include "daemon/api/reads_documents.hpp"
#include "daemon/store/encoding.hpp"
#include "daemon/store/reader_stock.hpp"

namespace lotbridge::api {
namespace {

// YYMMDD, as labels write a day.
std::string label_date(std::int64_t days) {
  const std::string text = Date{static_cast<std::int32_t>(days)}.text();
  return text.substr(2, 2) + text.substr(5, 2) + text.substr(8, 2);
}

// The first GTIN of the item that is one; "" where it has none.
std::string gtin_of(Reading& reading, core::OwnerId owner, core::SkuId sku) {
  std::string gtin;
  const bool answered = ask_core(reading.engine, [&](const core::State& state, const auto&) {
    const core::Sku* known = state.sku(sku);
    if (known == nullptr || known->owner != owner) return;
    for (const std::string& text : known->item.gtins) {
      if (gtin.empty() && is_gtin(text)) gtin = gtin14(text);
    }
  });
  reading.failed = reading.failed || !answered;
  return gtin;
}

Response refuse(std::string detail) {
  return problem_response(Problem{"invalid_value", std::move(detail), {}});
}

Response label_of(Reading& reading, const store::LotRow& row) {
  if (!gs1_holds_lot(row.code)) {
    return refuse("AI (10) holds 1 to 20 characters of GS1's set 82; it can't hold \"" + row.code +
                  "\".");
  }
  const std::string gtin = gtin_of(reading, row.owner, row.sku);
  if (gtin.empty()) return refuse("The item has no GTIN, so its lots have no GS1 label.");
  std::vector<Gs1Element> elements = {{"01", gtin}};
  const bool best_before = (row.flags & store::kLotBestBefore) != 0;
  if (row.expires_on) elements.push_back({best_before ? "15" : "17", label_date(*row.expires_on)});
  elements.push_back({"10", row.code});
  JsonWriter json(512);
  json.open('{');
  put(json, "owner", reading.reader.owner(row.owner));
  put(json, "sku", row.sku_code);
  put(json, "lot", row.code);
  put(json, "gtin", gtin);
  put(json, "element_string", gs1_element_string(elements));
  put(json, "bracketed", gs1_bracketed(elements));
  put(json, "digital_link", gs1_digital_link(elements).value_or(""));
  json.close('}');
  return json_response(json.take());
}

}  // namespace

Response lot_label(Reading& reading) {
  const std::string& sku = reading.request.path[2];
  const std::string& code = reading.request.path[3];
  std::vector<store::LotRow> found;
  for (const core::OwnerId owner : reading.sight.owners) {
    const core::SkuId id = reading.reader.sku_id(owner, sku);
    auto row = id == 0 ? std::nullopt : store::find_lot(reading.reader, owner, id, code);
    if (row) found.push_back(std::move(*row));
  }
  if (found.empty()) return not_found("lot");
  if (found.size() == 1) return label_of(reading, found.front());
  std::vector<std::string> names;
  for (const store::LotRow& row : found) names.push_back(reading.reader.owner(row.owner));
  return several(code, names);
}

}  // namespace lotbridge::api
