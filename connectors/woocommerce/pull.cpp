#include "pull.hpp"

#include <algorithm>
#include <functional>

#include <lotbridge/failure.hpp>

#include "orders.hpp"

namespace lotbridge::woocommerce {
namespace {

constexpr std::int64_t kOverlapMs = 5 * 60'000;
constexpr std::int64_t kPerPage = 50;
constexpr std::int64_t kMostPages = 2000;

struct Window {
  Maybe<Timestamp> after;  // exclusive; none: all there is
  std::int64_t page = 1;   // of what changed after it
  bool resumed = false;
};

Window window_of(const Pull& pull) {
  Window out;
  if (!pull.cursor) {
    if (pull.start_at) out.after = Timestamp{pull.start_at->ms / 1000 * 1000};
    return out;
  }
  if (pull.cursor["v"].integer_or(0) != 1) {
    throw Failure(LB_CONFIG, "the cursor was written by another version of this connector",
                  "/cursor/v");
  }
  out.after = pull.cursor["after"].time_maybe();
  out.page = pull.cursor["page"].integer_or(1);
  out.resumed = pull.cursor["open"].boolean_or(false);
  if (!out.resumed && out.after) {
    out.after = Timestamp{std::max<std::int64_t>(0, out.after->ms - kOverlapMs)};
    out.page = 1;
  }
  return out;
}

JsonText cursor_of(const Window& window, bool open) {
  return json_object({{"v", 1}, {"after", window.after}, {"page", window.page}, {"open", open}});
}

// The shop takes times without a zone.
std::string gmt_text(Timestamp at) { return Timestamp{at.ms / 1000 * 1000}.text().substr(0, 19); }

// Page numbers shift while the shop changes what they count, so each page begins where the last
// one's changes ended; only what changed in one and the same second is paged by number.
void walk(Call& call, Api& api, const Pull& pull, const std::string& path, const std::string& kind,
          const std::function<void(const Json&)>& emit) {
  Window window = window_of(pull);
  for (std::int64_t turn = 0; turn < kMostPages; ++turn) {
    Query query = {{"orderby", "modified"},
                   {"order", "asc"},
                   {"dates_are_gmt", "true"},
                   {"per_page", std::to_string(kPerPage)},
                   {"page", std::to_string(window.page)}};
    if (window.after) query.emplace_back("modified_after", gmt_text(*window.after));
    const Json list = api.list(call, path, query, "reading " + path.substr(1));
    call.each(list, kind, emit);
    Maybe<Timestamp> last;
    for (const Json& item : list.items()) {
      Maybe<Timestamp> at;
      try {
        at = gmt_maybe(item["date_modified_gmt"]);
      } catch (const Failure&) {
        continue;  // parked above
      }
      if (at && (!last || *at > *last)) last = at;
    }
    const bool full = static_cast<std::int64_t>(list.size()) >= kPerPage;
    if (!full) {
      if (last && (!window.after || *last > *window.after)) window.after = last;
      window.page = 1;
      call.checkpoint(cursor_of(window, false));
      return;
    }
    const Maybe<Timestamp> next = last ? Maybe<Timestamp>(Timestamp{last->ms - 1000}) : last;
    if (next && (!window.after || *next > *window.after)) {
      window.after = next;
      window.page = 1;
    } else {
      ++window.page;
    }
    call.checkpoint(cursor_of(window, true));
  }
}

Document item_of(const Json& product, const std::string& name) {
  Item item;
  item.sku = product["sku"].text();
  item.name = name;
  item.given = {"sku", "name"};
  if (const auto gtin = product["global_unique_id"].text_maybe()) {
    item.gtins.push_back(*gtin);
    item.given.push_back("gtins");
  }
  Document out;
  out.id = item.sku;
  out.body = std::move(item);
  return out;
}

// A product that varies sells by its variations, which are lists of their own.
void emit_product(Call& call, Api& api, const Json& product) {
  const std::string name = product["name"].text_or("");
  if (product["sku"].text_maybe()) call.emit(item_of(product, name));
  if (product["type"].text_or("") != "variable") return;
  const std::string path = "/products/" + product["id"].id() + "/variations";
  for (std::int64_t page = 1;; ++page) {
    const Json list = api.list(call, path,
                               {{"per_page", std::to_string(kPerPage)},
                                {"orderby", "id"},
                                {"order", "asc"},
                                {"page", std::to_string(page)}},
                               "reading variations");
    call.each(list, "item/1", [&](const Json& variation) {
      std::string options;
      for (const Json& attribute : variation["attributes"].items_or_none()) {
        options += (options.empty() ? " - " : ", ") + attribute["option"].text_or("");
      }
      if (variation["sku"].text_maybe()) call.emit(item_of(variation, name + options));
    });
    if (static_cast<std::int64_t>(list.size()) < kPerPage) return;
  }
}

}  // namespace

void emit_order(Call& call, Api& api, const Settings& settings, const Json& order) {
  const std::string path = "/orders/" + order["id"].id();
  Json refunds, fulfillments;
  if (settings.standing_of(order["status"].text()) == Standing::ignore) return;
  if (needs_refunds(order)) {
    refunds = api.list(call, path + "/refunds", {{"per_page", "100"}}, "reading refunds");
  }
  if (needs_fulfillments(order, settings)) {
    fulfillments = api.list_if_there(call, path + "/fulfillments", "reading fulfillments");
  }
  for (const Document& document : documents_of(order, refunds, fulfillments, settings)) {
    call.emit(document);
  }
}

void pull_orders(Call& call, Api& api, const Settings& settings, const Pull& pull) {
  walk(call, api, pull, "/orders", "order/1",
       [&](const Json& order) { emit_order(call, api, settings, order); });
}

void pull_products(Call& call, Api& api, const Pull& pull) {
  walk(call, api, pull, "/products", "item/1",
       [&](const Json& product) { emit_product(call, api, product); });
}

}  // namespace lotbridge::woocommerce
