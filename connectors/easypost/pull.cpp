#include "pull.hpp"

#include <algorithm>

#include <lotbridge/failure.hpp>

#include "tracking.hpp"

namespace lotbridge::easypost {
namespace {

constexpr std::int64_t kDayMs = 86'400'000, kOverlapMs = 5 * 60'000;

bool still_on_its_way(const Json& tracker) {
  const std::string state =
      common_state(tracker["status"].text_or("unknown"), tracker["is_return"].boolean_or(false));
  return !tracker["finalized"].boolean_or(false) && state != "delivered" && state != "returned";
}

}  // namespace

void pull_trackers(Call& call, Api& api, const Settings& settings, const Pull& pull) {
  if (pull.cursor && pull.cursor["v"].integer_or(0) != 1) {
    throw Failure(LB_CONFIG, "the cursor was written by another version of this connector",
                  "/cursor/v");
  }
  const Timestamp started = call.now();
  const Timestamp horizon{started.ms - settings.lookback_days * kDayMs};
  Timestamp from = std::max(horizon, pull.start_at.value_or(horizon));
  if (pull.cursor) from = std::max(horizon, pull.cursor["from"].time());
  const Maybe<Timestamp> high = pull.cursor ? pull.cursor["high"].time_maybe() : std::nullopt;
  Maybe<Timestamp> latest = high, oldest_open;
  std::string before;
  for (;;) {
    std::string path = "/trackers?page_size=100&start_datetime=" + url_encoded(from.text());
    if (!before.empty()) path += "&before_id=" + url_encoded(before);
    const Json page = api.get(call, path, "reading trackers", true);
    const Json trackers = page["trackers"];
    if (!trackers.is_array()) throw Failure(LB_RETRY, "reading trackers: the answer holds no list");
    call.each(trackers, "tracking/1", [&](const Json& tracker) {
      api.must_be_ours(tracker);
      const auto made = tracker["created_at"].time(), changed = tracker["updated_at"].time();
      if (still_on_its_way(tracker) && (!oldest_open || made < *oldest_open)) oldest_open = made;
      if (!latest || changed > *latest) latest = changed;
      if (high && changed.ms < high->ms - kOverlapMs) return;
      call.emit_json("tracking/1", tracking_record(tracker));
    });
    if (!page["has_more"].boolean_or(false) || trackers.size() == 0) break;
    before = trackers[trackers.size() - 1]["id"].text();
  }
  // What is on its way since before this window's oldest is gone from the list: nothing to wait
  // for.
  const Timestamp next = oldest_open ? *oldest_open : Timestamp{started.ms - kDayMs};
  call.checkpoint(json_object({{"v", 1}, {"from", next}, {"high", JsonText(latest)}}));
}

}  // namespace lotbridge::easypost
