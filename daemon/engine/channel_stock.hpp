// What sales channels may sell, told to them when it changes and only then: one instruction per
// item and channel, one happening per warehouse.
//
// tell() runs at a batch's end and looks at what the batch touched: items whose goods or promises
// moved, lots whose dates or blocks changed, policies, warehouses where a day began; kits follow
// their components. What a channel was told is stored with the batch, so a restart tells nothing
// twice; a changed configuration is found by its digest at the first batch and compared once.
// Used by the engine's thread only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "workbench.hpp"

namespace lotbridge::engine {

class ChannelStock {
 public:
  explicit ChannelStock(const Settings& settings) : settings_(settings) {}
  void tell(Workbench&);
  // Connectors came or went: everything is compared once more at the next batch's end.
  void configuration_changed() { configuration_known_ = false; }

 private:
  struct Channel {
    std::string name;
    const ConnectorRoute* route = nullptr;  // nullptr: only a policy or a storefront names it
  };
  struct Told {
    bool known = false, sent = false;
    std::string places;
  };
  using ToldKey = std::pair<core::SkuId, std::string>;  // and the channel

  void begin(const core::State&);
  void learn_policy_channels(const core::State&);
  void learn_kit(const core::Sku&);
  std::vector<Channel> channels_of(const core::State&, core::OwnerId) const;
  bool is_tracked(const core::State&, core::OwnerId) const;
  std::set<core::SkuId> touched_skus(Workbench&, const core::Touched&, bool everything);
  void add_policy_skus(Workbench&, const core::Touched&, std::set<core::SkuId>&) const;
  void add_kits(const core::State&, std::set<core::SkuId>&) const;
  void look_at(Workbench&, core::SkuId, const std::vector<Channel>&, const std::map<ToldKey, Told>&,
               bool new_configuration);
  std::string configuration_digest(const Workbench&) const;

  const Settings& settings_;
  bool begun_ = false, configuration_known_ = false;
  std::unordered_map<std::string, std::vector<core::SkuId>> kits_;  // by owner and component
  std::map<core::OwnerId, std::set<std::string>> policy_channels_;
};

}  // namespace lotbridge::engine
