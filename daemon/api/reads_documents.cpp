#include "daemon/api/reads_documents.hpp"
#include "daemon/api/reads_progress.hpp"

#include <algorithm>

#include <lotbridge/records.hpp>

#include "daemon/store/encoding.hpp"
#include "daemon/store/reader_stock.hpp"

namespace lotbridge::api {

void open_document(JsonWriter& json, Reading& reading, const store::DocumentRow& row,
                   std::int64_t uid_row, std::string_view body) {
  json.open('{');
  put(json, "uid", store::uid_text(row.type, uid_row));
  put(json, "owner", reading.reader.owner(row.owner));
  put(json, "source", reading.reader.source(row.source));
  put_raw(json, "document", body, "null");
  put_raw(json, "exceptions", row.exceptions, "[]");
  put_moment(json, "happened_at", row.happened_at);
  put_moment(json, "known_at", row.known_at);
  put_number(json, "revision", row.revision);
}

namespace {

// Stamps of one line of an order (or, without an order, of one line of the document).
struct StampedLine {
  core::OrderId order = 0;
  core::LineIndex line = 0;
  std::vector<core::Stamp> stamps;  // net, none with 0
};

std::vector<StampedLine> stamped_lines(const std::vector<core::Stamp>& stamps) {
  std::vector<StampedLine> lines;
  for (const core::Stamp& stamp : stamps) {
    const core::LineIndex line = stamp.order == 0 ? stamp.dispatch_line : stamp.line;
    auto at = std::find_if(lines.begin(), lines.end(), [&](const StampedLine& known) {
      return known.order == stamp.order && known.line == line;
    });
    if (at == lines.end()) at = lines.insert(lines.end(), {stamp.order, line, {}});
    auto same = std::find_if(at->stamps.begin(), at->stamps.end(), [&](const core::Stamp& known) {
      return known.sku == stamp.sku && known.lot == stamp.lot && known.evidence == stamp.evidence &&
             known.expires_on == stamp.expires_on;
    });
    if (same == at->stamps.end()) {
      at->stamps.push_back(stamp);
    } else {
      same->quantity += stamp.quantity;
    }
  }
  for (StampedLine& line : lines)
    std::erase_if(line.stamps, [](const core::Stamp& stamp) { return stamp.quantity.is_zero(); });
  std::erase_if(lines, [](const StampedLine& line) { return line.stamps.empty(); });
  return lines;
}

void write_stamp(JsonWriter& json, Reading& reading, const core::Stamp& stamp) {
  const auto names = store::sku_and_lot(reading.reader, stamp.sku, stamp.lot);
  json.open('{');
  put(json, "sku", names.sku);
  put_or_null(json, "lot", names.lot);
  put_quantity(json, "quantity", stamp.quantity);
  put_date(json, "expires_on",
           stamp.expires_on == core::kNoDate ? std::nullopt
                                             : std::optional<std::int64_t>(stamp.expires_on));
  put(json, "evidence", store::evidence_name(stamp.evidence));
  json.key("candidates");
  json.open('[');
  for (const core::LotId lot : stamp.candidates) {
    json.open('{');
    put(json, "lot", store::sku_and_lot(reading.reader, stamp.sku, lot).lot);
    json.close('}');
  }
  json.close(']');
  if (stamp.lot != 0) {
    put_money(json, "cost",
              core::value_of(store::lot_cost(reading.reader, stamp.lot), stamp.quantity));
  }
  json.close('}');
}

}  // namespace

void write_dispatch(JsonWriter& json, Reading& reading, const store::DocumentRow& row) {
  const auto order = row.order == 0
                         ? std::nullopt
                         : store::order_row(reading.reader, static_cast<core::OrderId>(row.order));
  json.open('{');
  put(json, "uid", store::uid_text(row.type, row.row));
  put(json, "id", row.id);
  put_or_null(json, "order", order ? order->id : std::string());
  put_raw(json, "tracking", store::tracking_of(reading.reader, row), "null");
  json.key("lines");
  json.open('[');
  std::vector<store::OrderLineName> names;
  if (order) names = store::order_line_names(reading.reader, order->order);
  for (const StampedLine& line : stamped_lines(store::document_stamps(reading.reader, row.row))) {
    const bool known = line.order != 0 && line.line < names.size();
    Quantity sum;
    for (const core::Stamp& stamp : line.stamps) sum += stamp.quantity;
    const core::SkuId sku =
        known && names[line.line].sku != 0 ? names[line.line].sku : line.stamps.front().sku;
    json.open('{');
    put_or_null(json, "order_line", known ? names[line.line].line : std::string());
    put(json, "sku", store::sku_and_lot(reading.reader, sku, 0).sku);
    put_quantity(json, "quantity", sum);
    json.key("lots");
    json.open('[');
    for (const core::Stamp& stamp : line.stamps) write_stamp(json, reading, stamp);
    json.close(']');
    json.close('}');
  }
  json.close(']');
  json.close('}');
}

namespace {

void write_document_row(JsonWriter& json, Reading& reading, const store::DocumentRow& row) {
  open_document(json, reading, row, row.row, row.body);
  const std::int64_t voided_by = store::voiding_document(reading.reader, row.row);
  put_or_null(json, "voided_by",
              voided_by == 0 ? std::string() : store::uid_text(row.type, voided_by));
  if (row.type == DocumentType::dispatch) {
    json.key("dispatch");
    write_dispatch(json, reading, row);
  }
  write_progress(json, reading, row);
  json.close('}');
}

template <DocumentType type>
Response list_type(Reading& reading) {
  return list_response(
      reading, document_type_path(type),
      [&](core::OwnerId owner, const std::vector<std::string>& after, std::size_t limit) {
        return store::list_documents(reading.reader, owner, type, key_number(after, 0), limit);
      },
      [](const store::DocumentRow& row) {
        return std::vector<std::string>{std::to_string(row.row)};
      },
      [&](JsonWriter& json, const store::DocumentRow& row) {
        if (!is_seen(reading.sight, reading.reader, row.body)) return false;
        write_document_row(json, reading, row);
        return true;
      });
}

template <DocumentType type>
Response one_of_type(Reading& reading) {
  auto found = find_document(reading, type, reading.request.path.back());
  if (auto* refused = std::get_if<Response>(&found)) return std::move(*refused);
  JsonWriter json(4096);
  write_document_row(json, reading, std::get<store::DocumentRow>(found));
  return json_response(json.take());
}

template <DocumentType type>
void add_type(std::vector<ReadRoute>& routes, std::string_view list, std::string_view one) {
  routes.push_back({list, list_type<type>, {}});
  routes.push_back({one, one_of_type<type>, {}});
}

// ---------------------------------------------------------------- items

void write_item(JsonWriter& json, Reading& reading, const store::ItemRow& row) {
  json.open('{');
  put(json, "uid", store::uid_text(DocumentType::item, row.sku));
  put(json, "owner", reading.reader.owner(row.owner));
  put(json, "sku", row.code);
  put_raw(json, "document", row.item, "null");
  json.close('}');
}

Response list_all_items(Reading& reading) {
  return list_response(
      reading, "items",
      [&](core::OwnerId owner, const std::vector<std::string>& after, std::size_t limit) {
        return store::list_items(reading.reader, owner, after.empty() ? "" : after[0], limit);
      },
      [](const store::ItemRow& row) { return std::vector<std::string>{row.code}; },
      [&](JsonWriter& json, const store::ItemRow& row) {
        write_item(json, reading, row);
        return true;
      });
}

Response one_item(Reading& reading) {
  auto found = find_item(reading, reading.request.path.back());
  if (auto* refused = std::get_if<Response>(&found)) return std::move(*refused);
  JsonWriter json(2048);
  write_item(json, reading, std::get<store::ItemRow>(found));
  return json_response(json.take());
}

// ---------------------------------------------------------------- orders

void write_order_row(JsonWriter& json, Reading& reading, const store::OrderListRow& row) {
  json.open('{');
  put(json, "uid", store::uid_text(DocumentType::order, static_cast<std::int64_t>(row.order)));
  put(json, "owner", reading.reader.owner(row.owner));
  put_or_null(json, "source", row.source == 0 ? std::string() : reading.reader.source(row.source));
  put(json, "id", row.id);
  put_maybe(json, "number", row.number);
  put_maybe(json, "version", row.version);
  put_maybe(json, "channel", row.channel);
  put(json, "status", row.status);
  put_moment(json, "placed_at", row.placed_at);
  put_date(json, "ship_on", row.ship_on);
  json.close('}');
}

Response list_all_orders(Reading& reading) {
  store::OrderFilter filter;
  filter.status = reading.parameter("status");
  filter.channel = reading.parameter("channel");
  filter.name = reading.parameter("q");
  if (filter.name && filter.name->empty()) filter.name.reset();
  return list_response(
      reading, "orders",
      [&](core::OwnerId owner, const std::vector<std::string>& after, std::size_t limit) {
        return store::list_orders(reading.reader, owner, filter,
                                  static_cast<core::OrderId>(key_number(after, 0)), limit);
      },
      [](const store::OrderListRow& row) {
        return std::vector<std::string>{std::to_string(row.order)};
      },
      [&](JsonWriter& json, const store::OrderListRow& row) {
        write_order_row(json, reading, row);
        return true;
      });
}

// What the store says of an order; the engine's part follows behind it. Without closing brace.
std::variant<std::string, Response> order_head(Reading& reading, std::string& uid) {
  auto found = find_order(reading, reading.request.path.back());
  if (auto* refused = std::get_if<Response>(&found)) return std::move(*refused);
  const auto& order = std::get<store::OrderListRow>(found);
  uid = store::uid_text(DocumentType::order, static_cast<std::int64_t>(order.order));
  JsonWriter json(4096);
  const auto document =
      order.document == 0 ? std::nullopt : store::document_row(reading.reader, order.document);
  if (document) {
    const auto contact = store::contact_row(reading.reader, order.order);
    open_document(json, reading, *document, static_cast<std::int64_t>(order.order),
                  with_contacts(document->body, contact));
  } else {  // only heard of
    json.open('{');
    put(json, "uid", uid);
    put(json, "owner", reading.reader.owner(order.owner));
    put_raw(json, "source", "", "null");
    put_raw(json, "document", "", "null");
    put_raw(json, "exceptions", "", "[]");
  }
  return json.take();
}

}  // namespace

void read_order(store::Readers& readers, engine::Engine& engine, const ReadSettings& settings,
                Request request, Respond respond) {
  std::string head, uid;
  {
    auto lease = readers.lease();
    if (!lease) return respond(unavailable_response());
    auto sight = sight_of(request, **lease, settings);
    if (!sight) return respond(problem_response(sight.problem()));
    Reading reading{request, **lease, engine, settings, std::move(*sight), false};
    auto found = order_head(reading, uid);
    if ((*lease)->failure()) return respond(unavailable_response());
    if (auto* refused = std::get_if<Response>(&found)) return respond(std::move(*refused));
    head = std::move(std::get<std::string>(found));
  }
  engine::Engine::OrderName name;
  name.id = uid;
  engine.order_answer(std::move(name), std::move(request.caller),
                      [head = std::move(head), respond](engine::Answer answer) {
                        if (!answer.is_problem()) answer.body = head + "," + answer.body.substr(1);
                        respond(response_of(std::move(answer)));
                      });
}

std::vector<ReadRoute> document_reads() {
  std::vector<ReadRoute> routes;
  routes.push_back({"/v1/items", list_all_items, {}});
  routes.push_back({"/v1/items/{}", one_item, {}});
  routes.push_back({"/v1/orders", list_all_orders, {"status", "channel", "q"}});
  add_type<DocumentType::policy>(routes, "/v1/policies", "/v1/policies/{}");
  add_type<DocumentType::receipt>(routes, "/v1/receipts", "/v1/receipts/{}");
  add_type<DocumentType::pick>(routes, "/v1/picks", "/v1/picks/{}");
  add_type<DocumentType::cancellation>(routes, "/v1/cancellations", "/v1/cancellations/{}");
  add_type<DocumentType::dispatch>(routes, "/v1/dispatches", "/v1/dispatches/{}");
  add_type<DocumentType::return_>(routes, "/v1/returns", "/v1/returns/{}");
  add_type<DocumentType::hold>(routes, "/v1/holds", "/v1/holds/{}");
  add_type<DocumentType::release>(routes, "/v1/releases", "/v1/releases/{}");
  add_type<DocumentType::transfer>(routes, "/v1/transfers", "/v1/transfers/{}");
  add_type<DocumentType::count>(routes, "/v1/counts", "/v1/counts/{}");
  add_type<DocumentType::adjustment>(routes, "/v1/adjustments", "/v1/adjustments/{}");
  add_type<DocumentType::transformation>(routes, "/v1/transformations", "/v1/transformations/{}");
  add_type<DocumentType::lot_correction>(routes, "/v1/lot-corrections", "/v1/lot-corrections/{}");
  add_type<DocumentType::purchase_order>(routes, "/v1/purchase-orders", "/v1/purchase-orders/{}");
  add_type<DocumentType::charge>(routes, "/v1/charges", "/v1/charges/{}");
  add_type<DocumentType::resolution>(routes, "/v1/resolutions", "/v1/resolutions/{}");
  add_type<DocumentType::owner_transfer>(routes, "/v1/owner-transfers", "/v1/owner-transfers/{}");
  return routes;
}

}  // namespace lotbridge::api
