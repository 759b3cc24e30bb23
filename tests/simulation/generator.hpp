// What a business sends in a few months: documents of every type from many sources, some twice,
// some late, some in the wrong order, some cut. Looks at the model to say things that make sense
// mostly.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "random.hpp"
#include "step.hpp"

namespace lotbridge::simulation {

class Generator {
 public:
  // `plain`: only what the whole engine can be told as well (no pick instruction is delivered).
  Generator(std::uint64_t seed, const Model&, bool plain);
  Step next();

 private:
  Step fresh();
  Step clock();
  Step command();
  Document document();
  Document wrap(Body, const std::string& source, const std::string& id);
  std::string id(const char* prefix) { return prefix + std::to_string(++serial_); }
  std::string warehouse();
  std::string fact_source();
  bool is_fact(const std::string& source) const { return source != "api"; }
  Date day(int from_today);
  Quantity units(int most);

  // ---- what is there
  int any_order(const std::function<bool(const OrderBook&)>&);
  int any_lot(const std::function<bool(const LotBook&)>&);
  bool has_stock(const LotBook&) const;
  std::string sku_of_owner();
  std::string lot_code_of(const std::string& sku);
  const std::string& warehouse_name(int at) const;
  std::string order_reference(const OrderBook&);

  Document item();
  Document policy();
  Document receipt();
  Document order();
  Document pick();
  Document cancellation();
  Document dispatch();
  Document return_();
  Document hold();
  Document release();
  Document transfer();
  Document count();
  Document adjustment();
  Document erasure();
  Document void_something(DocumentType);
  Document corrected(Document);
  std::vector<OrderLine> order_lines();
  std::vector<LotQuantity> named_lots(const LineBook&, int sku, Units units);

  Random random_;
  const Model& model_;
  bool plain_ = false;
  int owner_ = 0;
  int serial_ = 0, steps_ = 0, items_sent_ = 0;
  std::deque<Step> recent_;
  std::vector<std::pair<int, Step>> late_;
  std::int64_t version_ = 0;
};

}  // namespace lotbridge::simulation
