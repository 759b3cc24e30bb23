#include "settings.hpp"

#include <lotbridge/failure.hpp>

namespace lotbridge::woocommerce {
namespace {

Standing standing(const Json& value) {
  const std::string word = value.text();
  if (word == "ship") return Standing::ship;
  if (word == "hold") return Standing::hold;
  if (word == "cancelled") return Standing::cancelled;
  if (word == "ignore") return Standing::ignore;
  throw Failure(LB_CONFIG, "Must be ship, hold, cancelled or ignore.", value.path());
}

}  // namespace

Settings::Settings(const Json& settings)
    : site(settings["site"].text()),
      scheme(settings["scheme"].text_or("https")),
      folder(settings["folder"].text_or("")),
      consumer_key(settings["consumer_key"].text()),
      order_notes(settings["order_notes"].text_or("staff")),
      lot_label(settings["lot_label"].text_or("Lot")),
      plain_permalinks(settings["permalinks"].text_or("pretty") == "plain"),
      credentials_in_query(settings["credentials"].text_or("header") == "query"),
      theirs(settings["fulfilments"].text_or("ours") == "theirs"),
      complete_orders(settings["complete_orders"].boolean_or(true)),
      write_stock(settings["write_stock"].boolean_or(false)),
      warehouse(settings["warehouse"].text_maybe()),
      channel(settings["channel"].text_maybe()) {
  // They become parts of addresses and of a header, so nothing else may hide in them.
  if (site.empty() ||
      site.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.:") != std::string::npos) {
    throw Failure(LB_CONFIG, "Must be the shop's domain, like shop.example.com.", "/site");
  }
  if (consumer_key.find_first_of("{}: \r\n") != std::string::npos || consumer_key.empty()) {
    throw Failure(LB_CONFIG, "Must be the key's name, ck_ and letters.", "/consumer_key");
  }
  if (scheme != "https" && scheme != "http") {
    throw Failure(LB_CONFIG, "Must be https or http.", "/scheme");
  }
  statuses_ = {{"pending", Standing::hold},          {"on-hold", Standing::hold},
               {"processing", Standing::ship},       {"completed", Standing::ship},
               {"refunded", Standing::ship},         {"cancelled", Standing::cancelled},
               {"failed", Standing::cancelled},      {"trash", Standing::cancelled},
               {"checkout-draft", Standing::ignore}, {"auto-draft", Standing::ignore}};
  if (const Json own = settings["statuses"]) {
    for (const auto& [status, word] : own.members()) {
      const std::string name(status.starts_with("wc-") ? status.substr(3) : status);
      statuses_[name] = standing(word);
    }
  }
}

Standing Settings::standing_of(const std::string& status) const {
  const auto found = statuses_.find(status);
  return found == statuses_.end() ? Standing::hold : found->second;
}

}  // namespace lotbridge::woocommerce
