#include "tracking.hpp"

namespace lotbridge::easypost {

std::string common_state(const std::string& status, bool is_return) {
  // A carrier says "delivered" also of a parcel that came back to its sender.
  if (status == "delivered") return is_return ? "returned" : "delivered";
  if (status == "return_to_sender") return "returned";
  if (status == "available_for_pickup") return "out_for_delivery";
  if (status == "pre_transit" || status == "in_transit" || status == "out_for_delivery") {
    return status;
  }
  if (status == "failure" || status == "error" || status == "cancelled") return "exception";
  return "unknown";
}

std::string tracking_record(const Json& tracker) {
  const std::string status = tracker["status"].text_or("unknown");
  const bool is_return = tracker["is_return"].boolean_or(false);
  // Details come in any order; the latest of them is what is true now.
  Maybe<Timestamp> at;
  Maybe<std::string> text;
  for (const Json& detail : tracker["tracking_details"].items_or_none()) {
    const auto when = detail["datetime"].time_maybe();
    if (!when || (at && *when < *at)) continue;
    at = when;
    text = detail["message"].text_maybe();
  }
  if (!at) at = tracker["updated_at"].time_maybe();
  const std::string state = common_state(status, is_return);
  Maybe<std::string> sub = tracker["status_detail"].text_maybe();
  if (status == "available_for_pickup") sub = status;
  if (sub == status) sub = status == state ? std::nullopt : sub;
  Maybe<Date> expected;
  if (const auto when = tracker["est_delivery_date"].time_maybe()) expected = when->utc_date();
  return json_object({{"id", tracker["id"].text()},
                      {"carrier", JsonText(tracker["carrier"].text_maybe())},
                      {"tracking_number", tracker["tracking_code"].text()},
                      {"state", state},
                      {"sub_state", JsonText(sub)},
                      {"carrier_state", status},
                      {"text", JsonText(text)},
                      {"at", JsonText(at)},
                      {"estimated_on", JsonText(expected)},
                      {"shipment", JsonText(tracker["shipment_id"].text_maybe())}})
      .str();
}

}  // namespace lotbridge::easypost
