#include "pull.hpp"

#include <algorithm>

#include <lotbridge/failure.hpp>

#include "reading.hpp"
#include "shop_order.hpp"

namespace lotbridge::shopify {
namespace {

constexpr std::int64_t kOverlapMs = 5 * 60'000;
constexpr int kOrdersPerPage = 10;
constexpr int kLinesOfFirstPage = 25;

struct Window {
  Timestamp from;     // 1970: all there is
  std::string after;  // "": its first page
  Timestamp high;
  bool resumed = false;
};

Window window_of(const Pull& pull) {
  Window out;
  if (!pull.cursor) {
    out.from = {pull.start_at.value_or(Timestamp{}).ms / 1000 * 1000};  // the search knows seconds
    return out;
  }
  if (pull.cursor["v"].integer_or(0) != 1) {
    throw Failure(LB_CONFIG, "the cursor was written by another version of this connector",
                  "/cursor/v");
  }
  out.high = pull.cursor["high"].time();
  out.after = pull.cursor["after"].text_or("");
  out.resumed = !out.after.empty();
  // A window that was left half way is read on with the same words, or its page would mean
  // something else.
  out.from = out.resumed ? pull.cursor["from"].time()
                         : Timestamp{std::max<std::int64_t>(0, out.high.ms - kOverlapMs)};
  return out;
}

JsonText cursor_of(const Window& window) {
  return json_object({{"v", 1},
                      {"from", window.from},
                      {"after", window.after.empty() ? JsonText() : JsonText(window.after)},
                      {"high", window.high}});
}

// The order as it stands, with all its lines and what was shipped and refunded of it.
void emit_order(Call& call, Graph& graph, const Settings& settings, const Json& node) {
  ShopOrder order = order_of_graphql(node);
  read_further_lines(call, graph, order, node["lineItems"]);
  if (!node["fulfillments"].items_or_none().empty()) {
    order.fulfillments = read_fulfillments(call, graph, order.id);
  }
  if (!node["refunds"].items_or_none().empty()) order.refunds = read_refunds(call, graph, order.id);
  for (const Document& document : order_documents(order, settings)) call.emit(document);
  for (const ShopFulfillment& fulfillment : order.fulfillments) {
    for (const Document& document : dispatch_documents(fulfillment, settings)) call.emit(document);
  }
  for (const ShopRefund& refund : order.refunds) {
    for (const Document& document : return_documents(refund)) call.emit(document);
  }
}

// One page; asks for fewer orders where the shop finds so many too costly.
Json page_of(Call& call, Graph& graph, const Window& window, int& first) {
  for (;;) {
    const JsonText after = window.after.empty() ? JsonText() : JsonText(window.after);
    const JsonText variables = json_object({{"first", first},
                                            {"after", after},
                                            {"query", "updated_at:>='" + window.from.text() + "'"},
                                            {"lines", kLinesOfFirstPage}});
    if (first == 1) return graph.run(call, kOrders, variables);
    Json data = graph.run_if_affordable(call, kOrders, variables);
    if (data.is_object()) return data;
    first = std::max(1, first / 2);
  }
}

}  // namespace

void pull_orders(Call& call, Graph& graph, const Settings& settings, const Pull& pull) {
  Window window = window_of(pull);
  int first = kOrdersPerPage;
  for (;;) {
    Json data;
    bool start_again = false;
    try {
      data = page_of(call, graph, window, first);
    } catch (const Failure& failure) {
      // The platform forgot the page that an earlier run reached: the window begins anew, its
      // orders are repeats.
      start_again = window.resumed && failure.message.find("ursor") != std::string::npos;
      if (!start_again) throw;
    }
    window.resumed = false;
    if (start_again) {
      window.after.clear();
      continue;
    }
    const Json orders = data["orders"];
    call.each(orders["nodes"], "order/1",
              [&](const Json& node) { emit_order(call, graph, settings, node); });
    for (const Json& node : orders["nodes"].items()) {
      if (const auto at = node["updatedAt"].time_maybe()) window.high = std::max(window.high, *at);
    }
    window.after = next_page(orders);
    if (window.high.ms == 0) window.high = window.from;
    call.checkpoint(cursor_of(window));
    if (window.after.empty()) return;
  }
}

}  // namespace lotbridge::shopify
