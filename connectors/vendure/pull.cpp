#include "pull.hpp"

#include <algorithm>
#include <functional>

#include <lotbridge/failure.hpp>

#include "orders.hpp"

namespace lotbridge::vendure {
namespace {

constexpr std::int64_t kOverlapMs = 5 * 60'000;
constexpr std::int64_t kTake = 50;

struct Window {
  Maybe<Timestamp> after;  // exclusive
  std::int64_t skip = 0;
};

Window window_of(const Pull& pull) {
  Window out;
  if (!pull.cursor) {
    out.after = pull.start_at;
    return out;
  }
  if (pull.cursor["v"].integer_or(0) != 1) {
    throw Failure(LB_CONFIG, "the cursor was written by another version of this connector",
                  "/cursor/v");
  }
  out.after = pull.cursor["after"].time_maybe();
  out.skip = pull.cursor["skip"].integer_or(0);
  if (!pull.cursor["open"].boolean_or(false) && out.after) {
    out.after = Timestamp{std::max<std::int64_t>(0, out.after->ms - kOverlapMs)};
    out.skip = 0;
  }
  return out;
}

JsonText cursor_of(const Window& window, bool open) {
  return json_object({{"v", 1}, {"after", window.after}, {"skip", window.skip}, {"open", open}});
}

// Lists are paged by number and move while they are read, so each page begins where the changes of
// the last one ended; only one moment's changes are skipped by number. (A shop on SQLite keeps
// whole seconds.)
void walk(Call& call, Admin& admin, const Pull& pull, const std::string& list,
          const std::string& selection, const std::string& type, const std::string& kind,
          const std::function<void(const Json&)>& emit) {
  Window window = window_of(pull);
  const std::string name = "Lotbridge" + type;
  const std::string text = name + "($options: " + type + "ListOptions) { " + list +
                           "(options: $options) { items { " + selection + " } totalItems } }";
  for (;;) {
    std::vector<std::pair<std::string, JsonText>> options = {
        {"take", kTake},
        {"skip", window.skip},
        {"sort", json_object({{"updatedAt", "ASC"}, {"id", "ASC"}})}};
    if (window.after) {
      options.emplace_back("filter",
                           json_object({{"updatedAt", json_object({{"after", *window.after}})}}));
    }
    const Json data =
        admin.query(call, name, text, json_object({{"options", json_object(options)}}));
    const Json items = data[list]["items"];
    if (!items.is_array()) throw Failure(LB_RETRY, "the shop's list of " + list + " is none");
    call.each(items, kind, emit);
    Maybe<Timestamp> last;
    for (const Json& item : items.items()) {
      const Json at = item["updatedAt"];
      const auto moment = at.is_text() ? Timestamp::parse(at.text_view()) : std::nullopt;
      if (moment && (!last || *moment > *last)) last = moment;
    }
    if (static_cast<std::int64_t>(items.size()) < kTake) {
      if (last && (!window.after || *last > *window.after)) window.after = last;
      window.skip = 0;
      call.checkpoint(cursor_of(window, false));
      return;
    }
    const Maybe<Timestamp> next = last ? Maybe<Timestamp>(Timestamp{last->ms - 1000}) : last;
    if (next && (!window.after || *next > *window.after)) {
      window.after = next;
      window.skip = 0;
    } else {
      window.skip += kTake;
    }
    call.checkpoint(cursor_of(window, true));
  }
}

}  // namespace

void pull_orders(Call& call, Admin& admin, const Settings& settings, const Pull& pull) {
  walk(call, admin, pull, "orders", order_selection(settings), "Order", "order/1",
       [&](const Json& order) {
         for (const Document& document : documents_of(order, settings)) call.emit(document);
       });
}

void pull_products(Call& call, Admin& admin, const Settings&, const Pull& pull) {
  walk(call, admin, pull, "productVariants", "id sku name updatedAt", "ProductVariant", "item/1",
       [&](const Json& variant) {
         Item item;
         item.sku = variant["sku"].text();
         item.name = variant["name"].text_maybe();
         item.given = {"sku", "name"};
         Document document;
         document.id = item.sku;
         document.body = std::move(item);
         call.emit(document);
       });
}

}  // namespace lotbridge::vendure
