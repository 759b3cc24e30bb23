// A carrier: tracking in, and the lot onto the label, whose print field takes 35 characters.
#include <lotbridge/sdk.hpp>

#include "label.descriptor.hpp"

namespace lb = lotbridge;

class Label final : public lb::Carrier {
 public:
  explicit Label(const lb::Json& settings)
      : base_("https://" + settings["account"].text() + ".example") {}

  void check_account(lb::Call& call) override {
    call.http({.url = base_ + "/account", .secret = "token"}).json();
  }

  void pull_dispatches(lb::Call& call, const lb::Pull&) override {
    const auto answer = call.http({.url = base_ + "/trackers", .secret = "token"}).json();
    call.each(answer["trackers"], "dispatch/1", [&](const lb::Json& item) {
      lb::Dispatch dispatch;
      dispatch.order = item["order"].text();
      dispatch.tracking_number = item["code"].text();
      dispatch.lines.emplace_back();
      dispatch.lines.back().sku = item["sku"].text();
      dispatch.lines.back().quantity = item["quantity"].quantity();
      lb::Document document;
      document.id = item["id"].text();
      document.body = dispatch;
      call.emit(document);
    });
  }

  // A reference that does not fit is refused: half a lot number is a wrong lot number.
  void write_lots(lb::Call& call, const lb::Instruction& instruction,
                  const lb::LotsWrite& stamp) override {
    std::string reference;
    for (const auto& line : stamp.lines) {
      for (const auto& dispatch : line.dispatches) {
        for (const auto& lot : dispatch.lots) {
          if (lot.lot) reference += (reference.empty() ? "LOT " : ", ") + lot.lot->text;
        }
      }
    }
    if (reference.size() > 24 || reference.find(", ") != std::string::npos)
      throw lb::Failure(LB_BAD_RECORD, "a label has room for one lot of 20 characters");
    // PUT says what shall stand there: repeating it changes nothing.
    call.http({.method = "PUT",
               .url = base_ + "/labels/" + lb::url_encoded(instruction.order.id),
               .body = lb::json_object({{"print_custom_1", reference}}).str(),
               .secret = "token",
               .idempotency_key = instruction.key});
  }

 private:
  std::string base_;
};

LOTBRIDGE_CONNECTOR(Label, kLabelDescriptor)
