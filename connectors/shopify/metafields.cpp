#include "metafields.hpp"

#include <lotbridge/failure.hpp>
#include <lotbridge/stamps.hpp>

#include "reading.hpp"

namespace lotbridge::shopify {
namespace {

constexpr int kStaleAttempts = 5;

struct Keys {
  const char *machine, *readable;
};
constexpr Keys kPlanKeys{"lot_plan", "lot_plan_summary"};
constexpr Keys kLotKeys{"lots", "lot_summary"};

void check_size(const std::string& text, std::size_t limit, const char* what) {
  if (text.size() <= limit) return;
  throw Failure(LB_BAD_RECORD,
                std::string("the order's ") + what + " needs " + std::to_string(text.size()) +
                    " bytes and Shopify takes " + std::to_string(limit) +
                    "; nothing was written, because half a stamp is worse than none");
}

JsonText metafield(const std::string& order_id, const char* key, const char* type,
                   const std::string& value, const Json& standing) {
  return json_object({{"ownerId", gid("Order", order_id)},
                      {"namespace", "lotbridge"},
                      {"key", key},
                      {"type", type},
                      {"value", value},
                      {"compareDigest", JsonText(standing["compareDigest"].text_maybe())}});
}

enum class Written { yes, stale };

Written set(Call& call, Graph& graph, const std::vector<JsonText>& metafields) {
  const Json data =
      graph.run(call, kMetafieldsSet, json_object({{"metafields", json_array(metafields)}}));
  const auto errors = data["metafieldsSet"]["userErrors"].items_or_none();
  if (errors.empty()) {
    if (!data["metafieldsSet"]["metafields"])
      throw Failure(LB_RETRY, "Shopify did not say that the lots were written");
    return Written::yes;
  }
  const std::string code = errors.front()["code"].text_or("");
  if (code == "STALE_OBJECT") return Written::stale;
  const lb_status status = code == "APP_NOT_AUTHORIZED" ? LB_CONFIG : LB_BAD_RECORD;
  throw Failure(status, "Shopify refused the lots: " + errors.front()["message"].text_or(""), "",
                code);
}

void write(Call& call, Graph& graph, const std::string& order_id, const Keys& keys,
           const Stamp& stamp) {
  check_size(stamp.machine, kMachineLimit, "stamp");
  check_size(stamp.readable, kReadableLimit, "readable stamp");
  const JsonText variables = json_object(
      {{"id", gid("Order", order_id)}, {"machine", keys.machine}, {"readable", keys.readable}});
  for (int attempt = 0; attempt < kStaleAttempts; ++attempt) {
    const Json order = order_in(graph.run(call, kMetafields, variables), order_id);
    const Json machine = order["machine"], readable = order["readable"];
    if (stamp.empty && !machine && !readable) return;
    std::vector<JsonText> metafields;
    if (!machine || compact_json(machine["value"].text()) != compact_json(stamp.machine)) {
      metafields.push_back(metafield(order_id, keys.machine, "json", stamp.machine, machine));
    }
    if (!readable || readable["value"].text() != stamp.readable) {
      metafields.push_back(
          metafield(order_id, keys.readable, "multi_line_text_field", stamp.readable, readable));
    }
    if (metafields.empty() || set(call, graph, metafields) == Written::yes) return;
  }
  throw Failure(LB_CONFLICT,
                "somebody else keeps changing the lots of order " + order_id + " in the shop", "",
                "STALE_OBJECT");
}

}  // namespace

void write_plan(Call& call, Graph& graph, const std::string& order_id, const LotsPlan& plan) {
  write(call, graph, order_id, kPlanKeys, plan_stamp(plan));
}

void write_lots(Call& call, Graph& graph, const std::string& order_id, const LotsWrite& stamp) {
  write(call, graph, order_id, kLotKeys, lots_stamp(stamp));
}

}  // namespace lotbridge::shopify
