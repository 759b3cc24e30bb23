// What the reads share: who sees what, pages with a cursor, small pieces of JSON. One thread each.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/problem.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/core/state.hpp"
#include "daemon/store/reader.hpp"
#include "sdk/records/json_writer.hpp"

namespace lotbridge::api {

// What this request may see; owners are those of the token, narrowed by ?owner=.
struct Sight {
  std::vector<core::OwnerId> owners;  // ascending
  bool every_warehouse = true;
  std::vector<core::WarehouseId> warehouses;  // when not every one

  bool owner(core::OwnerId) const;
  bool warehouse(core::WarehouseId) const;  // 0, no warehouse at all, is seen by everybody
};

struct Reading {
  const Request& request;
  store::Reader& reader;
  engine::Engine& engine;
  const ReadSettings& settings;
  Sight sight;
  bool failed = false;  // the engine did not answer: nothing that was written so far counts

  std::optional<std::string> parameter(std::string_view name) const {
    return request.parameter(name);
  }
  std::string text(std::string_view name) const { return parameter(name).value_or(""); }
};

Result<Sight> sight_of(const Request&, store::Reader&, const ReadSettings&);

using Read = Response (*)(Reading&);
struct ReadRoute {
  std::string_view pattern;
  Read read;
  // Which query keys it understands besides owner, source, limit and cursor; others are refused, so
  // that a filter with a typing error never shows everything.
  std::vector<std::string_view> keys;
  Scope scope = Scope::read;
  std::vector<std::string_view> csv = {};  // columns of the list as CSV; none: JSON only
};

// ---- parameters
Problem bad_parameter(std::string_view name, std::string_view detail);
Result<std::optional<std::int64_t>> number_parameter(const Request&, std::string_view name);
// RFC 3339, or a date (its last moment, UTC).
Result<std::optional<std::int64_t>> moment_parameter(const Request&, std::string_view name);

// ---- pages
constexpr std::size_t kPageDefault = 50, kPageMost = 500;
struct Page {
  std::size_t limit = kPageDefault;
  core::OwnerId owner = 0;         // where the page before ended
  std::vector<std::string> after;  // the key of its last row
};
// `list`: the cursor of another list is refused.
Result<Page> page_of(const Request&, std::string_view list);
std::string cursor_text(std::string_view list, core::OwnerId, const std::vector<std::string>& key);
std::int64_t key_number(const std::vector<std::string>& key, std::size_t index);

// ---- JSON
void put(JsonWriter&, std::string_view key, std::string_view text);
void put_or_null(JsonWriter&, std::string_view key, std::string_view text);  // "" is null
void put_maybe(JsonWriter&, std::string_view key, const std::optional<std::string>&);
void put_number(JsonWriter&, std::string_view key, std::int64_t);
void put_maybe(JsonWriter&, std::string_view key, const std::optional<std::int64_t>&);
void put_quantity(JsonWriter&, std::string_view key, Quantity);
void put_date(JsonWriter&, std::string_view key, const std::optional<std::int64_t>& days);
void put_moment(JsonWriter&, std::string_view key, const std::optional<std::int64_t>& ms);
void put_money(JsonWriter&, std::string_view key, const Maybe<Money>&);  // left out where unknown
void put_raw(JsonWriter&, std::string_view key, std::string_view json, std::string_view otherwise);
Response json_response(std::string body);
Response unavailable_response();

// Runs `ask` on the engine's thread and waits. False: the engine did not come to it in time.
bool ask_core(engine::Engine&, std::function<void(const core::State&, const core::Context&)> ask);

// A list over all owners in sight: `fetch` gives rows of one owner after a key (empty: from the
// start), at most so many; `key` says a row's; `write` writes it or answers false to leave it out.
// A page whose rows are nearly all left out ends early, with a cursor.
template <typename Fetch, typename Key, typename Write>
Response list_response(Reading& reading, std::string_view list, Fetch fetch, Key key, Write write) {
  auto page = page_of(reading.request, list);
  if (!page) return problem_response(page.problem());
  constexpr std::size_t kScanMost = 20'000;
  JsonWriter json(4096);
  json.open('{');
  json.key("data");
  json.open('[');
  std::size_t written = 0, scanned = 0;
  std::vector<std::string> last = page->after;
  core::OwnerId last_owner = page->owner;
  bool more = false;
  for (const core::OwnerId owner : reading.sight.owners) {
    if (more) break;
    if (owner < page->owner) continue;
    if (owner != page->owner) last.clear();
    last_owner = owner;
    for (bool again = true; again && !more;) {
      const std::size_t asked = page->limit - written + 1;
      const auto rows = fetch(owner, last, asked);
      again = rows.size() == asked;
      for (const auto& row : rows) {
        if (written == page->limit || scanned >= kScanMost) {
          more = true;
          break;
        }
        ++scanned;
        if (write(json, row)) ++written;
        last = key(row);
      }
    }
  }
  json.close(']');
  json.key("next_cursor");
  if (more) {
    json.text(cursor_text(list, last_owner, last));
  } else {
    json.raw("null");
  }
  json.close('}');
  return json_response(json.take());
}

// ---- what each file of reads adds
std::vector<ReadRoute> document_reads();  // items, orders, every type of document
std::vector<ReadRoute> stock_reads();     // stock, availability
std::vector<ReadRoute> ledger_reads();    // ledger, audit
std::vector<ReadRoute> lot_reads();
std::vector<ReadRoute> trace_reads();
std::vector<ReadRoute> recall_reads();
std::vector<ReadRoute> report_reads();    // how long goods may still be sold, have been lying
std::vector<ReadRoute> flow_reads();      // what sells, comes back, is delivered
std::vector<ReadRoute> operator_reads();  // alerts, parked, deliveries, connectors
// GET /v1/orders/{}: the engine writes the order, so it answers later.
void read_order(store::Readers&, engine::Engine&, const ReadSettings&, Request, Respond);

}  // namespace lotbridge::api
