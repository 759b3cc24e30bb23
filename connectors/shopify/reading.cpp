#include "reading.hpp"

#include <algorithm>

#include <lotbridge/failure.hpp>

namespace lotbridge::shopify {
namespace {

// The platform lists fulfillments and refunds without a cursor: the query names all of them and
// holds the first ones whole; the others are asked for one by one.
template <typename Part, typename Translate, typename ReadOne>
std::vector<Part> all_of(const Json& listed, const Json& whole, Translate translate,
                         ReadOne read_one) {
  std::vector<Part> out;
  for (const Json& node : whole.items()) out.push_back(translate(node));
  for (const Json& node : listed.items()) {
    const std::string id = legacy_id(node["id"].text());
    const auto same = [&id](const Part& part) { return part.id == id; };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(read_one(id));
  }
  return out;
}

[[noreturn]] void vanished(const std::string& what) {
  throw Failure(LB_CONFLICT, what + " is gone from the shop while it was read");
}

}  // namespace

std::string next_page(const Json& connection) {
  const Json info = connection["pageInfo"];
  return info["hasNextPage"].boolean_or(false) ? info["endCursor"].text() : std::string();
}

Json order_in(const Json& data, const std::string& order_id) {
  Json order = data["order"];
  if (order) return order;
  throw Failure(LB_BAD_RECORD,
                "the shop has no order " + order_id +
                    ": it was deleted, or it is older than the app may read (read_all_orders)");
}

void read_further_lines(Call& call, Graph& graph, ShopOrder& order, const Json& first_page) {
  std::string after = next_page(first_page);
  while (!after.empty()) {
    const Json data = graph.run(call, kOrderLines,
                                json_object({{"id", gid("Order", order.id)}, {"after", after}}));
    const Json lines = order_in(data, order.id)["lineItems"];
    for (const Json& line : lines["nodes"].items()) order.lines.push_back(line_of_graphql(line));
    after = next_page(lines);
  }
}

std::vector<ShopFulfillment> read_fulfillments(Call& call, Graph& graph,
                                               const std::string& order_id) {
  const auto rest = [&](ShopFulfillment& out, std::string after) {
    while (!after.empty()) {
      const Json data = graph.run(
          call, kShipment, json_object({{"id", gid("Fulfillment", out.id)}, {"after", after}}));
      const Json lines = data["fulfillment"]["fulfillmentLineItems"];
      if (!lines) vanished("fulfillment " + out.id);
      for (const Json& line : lines["nodes"].items())
        out.lines.push_back(shipped_line_of_graphql(line));
      after = next_page(lines);
    }
  };
  const auto translate = [&](const Json& node) {
    ShopFulfillment out = fulfillment_of_graphql(node, order_id);
    rest(out, next_page(node["fulfillmentLineItems"]));
    return out;
  };
  const auto read_one = [&](const std::string& id) {
    const Json data = graph.run(call, kShipment,
                                json_object({{"id", gid("Fulfillment", id)}, {"after", nullptr}}));
    if (!data["fulfillment"]) vanished("fulfillment " + id);
    return translate(data["fulfillment"]);
  };
  const Json data = graph.run(call, kShipments, json_object({{"id", gid("Order", order_id)}}));
  const Json order = order_in(data, order_id);
  return all_of<ShopFulfillment>(order["all"], order["fulfillments"], translate, read_one);
}

std::vector<ShopRefund> read_refunds(Call& call, Graph& graph, const std::string& order_id) {
  const auto rest = [&](ShopRefund& out, std::string after) {
    while (!after.empty()) {
      const Json data =
          graph.run(call, kRefund, json_object({{"id", gid("Refund", out.id)}, {"after", after}}));
      const Json lines = data["refund"]["refundLineItems"];
      if (!lines) vanished("refund " + out.id);
      for (const Json& line : lines["nodes"].items())
        out.lines.push_back(refunded_line_of_graphql(line));
      after = next_page(lines);
    }
  };
  const auto translate = [&](const Json& node) {
    ShopRefund out = refund_of_graphql(node, order_id);
    rest(out, next_page(node["refundLineItems"]));
    return out;
  };
  const auto read_one = [&](const std::string& id) {
    const Json data =
        graph.run(call, kRefund, json_object({{"id", gid("Refund", id)}, {"after", nullptr}}));
    if (!data["refund"]) vanished("refund " + id);
    return translate(data["refund"]);
  };
  const Json data = graph.run(call, kRefunds, json_object({{"id", gid("Order", order_id)}}));
  const Json order = order_in(data, order_id);
  return all_of<ShopRefund>(order["all"], order["refunds"], translate, read_one);
}

}  // namespace lotbridge::shopify
