// Lines change only in the state Modifying. Whoever put the order there is asked of its history, so
// that an attempt that was cut off is ended, and a person's own change is left alone.
#include <lotbridge/failure.hpp>

#include "writing.hpp"

namespace lotbridge::vendure {
namespace {

void move(Call& call, Admin& admin, const std::string& order, const std::string& state) {
  const Json data = admin.mutate(
      call, "LotbridgeMoveOrder",
      "LotbridgeMoveOrder($id: ID!, $state: String!) { transitionOrderToState(id: $id, state:"
      " $state) { __typename ... on Order { id state } ... on ErrorResult { errorCode message } ..."
      " on OrderStateTransitionError { transitionError } } }",
      json_object({{"id", order}, {"state", state}}));
  is_refusal(data["transitionOrderToState"], "moving order " + order + " to " + state);
}

// The state that we took the order out of. Somebody else's change must be waited for.
std::string our_way_back(Call& call, Admin& admin, const Settings& settings,
                         const std::string& order) {
  const Json data = admin.query(
      call, "LotbridgeStates",
      "LotbridgeStates($id: ID!) { order(id: $id) { history(options: { take: 1, sort: { createdAt:"
      " DESC, id: DESC }, filter: { type: { eq: \"ORDER_STATE_TRANSITION\" } } }) { items { data"
      " administrator { user { identifier } } } } } me { identifier } }",
      json_object({{"id", order}}));
  const Json last = data["order"]["history"]["items"][std::size_t{0}];
  const std::string by = last["administrator"]["user"]["identifier"].text_or("");
  const std::string we = data["me"]["identifier"].text_or(settings.username);
  if (!last || by != we || last["data"]["to"].text_or("") != "Modifying") {
    throw Failure(LB_RETRY,
                  "order " + order + " is being modified by somebody in the shop; its lines wait");
  }
  return last["data"]["from"].text();
}

void change(Call& call, Admin& admin, const std::string& order,
            const std::vector<JsonText>& lines) {
  const JsonText input = json_object(
      {{"dryRun", false},
       {"orderId", order},
       {"adjustOrderLines", json_array(lines)},
       {"options", json_object({{"freezePromotions", true}, {"recalculateShipping", false}})}});
  const Json data = admin.mutate(
      call, "LotbridgeModify",
      "LotbridgeModify($input: ModifyOrderInput!) { modifyOrder(input: $input) { __typename ... on"
      " Order { id } ... on ErrorResult { errorCode message } } }",
      json_object({{"input", input}}));
  is_refusal(data["modifyOrder"], "writing lots onto the lines of order " + order,
             "NO_CHANGES_SPECIFIED_ERROR");
}

}  // namespace

void write_lines(Call& call, Admin& admin, const Settings& settings, const Json& order,
                 const std::vector<JsonText>& lines) {
  const std::string id = order["id"].id();
  std::string back = order["state"].text();
  if (back == "Delivered" || back == "Cancelled") {
    call.log(Call::Level::info, "order " + id + " is " + back +
                                    ": the shop lets nobody change its lines; the order's own "
                                    "fields hold the lots");
    return;
  }
  if (back == "Modifying") {
    back = our_way_back(call, admin, settings, id);
  } else {
    move(call, admin, id, "Modifying");
  }
  if (!lines.empty()) change(call, admin, id, lines);
  move(call, admin, id, back);
}

}  // namespace lotbridge::vendure
