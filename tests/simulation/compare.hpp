// Holds what the daemon knows against what the model says, name by name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model.hpp"
#include "system.hpp"

namespace lotbridge::simulation {

class Comparison {
 public:
  explicit Comparison(const Model& model) : model_(model) {}

  // The lots and orders that a step touched, by either account; differences as sentences.
  std::vector<std::string> touched(System&);
  // Everything, and why each lot was passed by.
  std::vector<std::string> everything(System&);

 private:
  using State = core::State;
  void pair_orders(const State&, const Books&);
  core::SkuId sku_id(const State&, int sku) const;
  core::LotId lot_id(const State&, int lot) const;
  int lot_at(const State&, core::LotId) const;
  void lot(const State&, const Books&, int at);
  void order(const State&, const Books&, int at);
  void say(std::string what) {
    if (out_.size() < 20) out_.push_back(std::move(what));
  }
  std::string account(const State&, const core::Account&) const;
  core::Account account(const State&, const Account&) const;

  const Model& model_;
  std::vector<std::string> out_;
  std::vector<core::OrderId> order_ids_;  // by the model's index
  std::map<core::OrderId, int> order_at_;
};

}  // namespace lotbridge::simulation
