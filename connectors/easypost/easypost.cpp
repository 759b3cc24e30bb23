// The connector for EasyPost: which operation is done by which part of this folder.
#include <lotbridge/sdk.hpp>

#include "api.hpp"
#include "easypost.descriptor.hpp"
#include "label.hpp"
#include "pull.hpp"
#include "settings.hpp"
#include "tracking.hpp"

namespace lotbridge::easypost {

class EasyPost final : public Carrier {
 public:
  explicit EasyPost(const Json& settings) : settings_(settings), api_(settings_) {}

  // A key says its mode only by what it shows; every later object is compared again.
  void check_account(Call& call) override {
    const Json page = api_.get(call, "/trackers?page_size=1", "asking for a tracker", true);
    if (!page["trackers"].is_array()) {
      throw Failure(LB_RETRY, "asking for a tracker: the answer holds no list");
    }
    for (const Json& tracker : page["trackers"].items()) api_.must_be_ours(tracker);
    call.result(json_object({{"account", "EasyPost (" + settings_.mode + ")"}}));
  }

  void pull_dispatches(Call& call, const Pull& pull) override {
    pull_trackers(call, api_, settings_, pull);
  }

  void receive_webhook(Call& call, const Webhook& hook) override {
    const Json event = hook.json();
    const std::string what = event["description"].text_or("");
    if (!api_.is_ours(event) || !api_.is_ours(event["result"])) {
      call.log(Call::Level::warning,
               "an event of the other mode was not taken: " + event["id"].text_or(""));
      return;
    }
    if (what != "tracker.updated" && what != "tracker.created") {
      call.log(Call::Level::debug, "an event " + what + " was not asked for");
      return;
    }
    call.emit_json("tracking/1", tracking_record(event["result"]));
  }

  void register_webhooks(Call& call, const std::string& url) override {
    register_webhook(call, api_, settings_, url);
  }

  void plan_lots(Call& call, const Instruction& instruction, const LotsPlan& plan) override {
    mark_label(call, api_, settings_, instruction, plan);
  }

  void write_lots(Call& call, const Instruction& instruction, const LotsWrite& stamp) override {
    follow_parcels(call, api_, instruction, stamp);
  }

 private:
  Settings settings_;
  Api api_;
};

}  // namespace lotbridge::easypost

LOTBRIDGE_CONNECTOR(lotbridge::easypost::EasyPost, kEasypostDescriptor)
