// Records and instructions for tests, said in a line:
//
//   an_order("1001").line("1", "GYP-500", 2).line("2", "GYP-150", 1)
//   a_stamp("1001").lot("1", "GYP-500", "GYP-260516-B01-MA", 2)
//
// Each gives a Document or an Instruction with sound values in everything that the test does not
// say. Plain values; header only.
#pragma once

#include <string>
#include <utility>

#include <lotbridge/documents.hpp>
#include <lotbridge/instructions.hpp>

namespace lotbridge::testing {

class OrderBuilder {
 public:
  explicit OrderBuilder(std::string id) {
    document_.id = std::move(id);
    order_.placed_at = Timestamp::parse("2026-05-16T08:00:00Z");
  }
  OrderBuilder& line(std::string id, std::string sku, std::int64_t units) {
    OrderLine line;
    line.line = std::move(id);
    line.sku = std::move(sku);
    line.quantity = Quantity::whole(units);
    line.quantity_text = std::to_string(units);
    order_.lines.push_back(std::move(line));
    return *this;
  }
  OrderBuilder& version(std::int64_t version) {
    order_.version = version;
    return *this;
  }
  operator Document() const {  // NOLINT
    Document out = document_;
    out.body = order_;
    return out;
  }

 private:
  Document document_;
  Order order_;
};

class ReceiptBuilder {
 public:
  ReceiptBuilder(std::string id, std::string warehouse) {
    document_.id = std::move(id);
    receipt_.warehouse = std::move(warehouse);
  }
  ReceiptBuilder& line(std::string sku, std::string lot, std::int64_t units,
                       std::string expires_on) {
    ReceiptLine line;
    line.line = std::to_string(receipt_.lines.size() + 1);
    line.sku = std::move(sku);
    line.lot = LotCode::parse(lot);
    line.quantity = Quantity::whole(units);
    line.expires_on = Date::parse(expires_on);
    receipt_.lines.push_back(std::move(line));
    return *this;
  }
  operator Document() const {  // NOLINT
    Document out = document_;
    out.body = receipt_;
    return out;
  }

 private:
  Document document_;
  Receipt receipt_;
};

// lots.write/1: each line shipped at once.
class StampBuilder {
 public:
  explicit StampBuilder(std::string order) {
    instruction_.key = "k-" + order;
    instruction_.version = 1;
    instruction_.connector = "test";
    instruction_.owner = "pure-fresh";
    instruction_.order.source = "test";
    instruction_.order.id = std::move(order);
  }
  StampBuilder& lot(const std::string& line, const std::string& sku, const std::string& lot,
                    std::int64_t units) {
    StampedLot stamped;
    stamped.sku = sku;
    stamped.lot = LotCode::parse(lot);
    stamped.quantity = Quantity::whole(units);
    stamped.evidence = StampEvidence::scanned;
    StampedDispatch dispatch;
    dispatch.dispatch = "S-1";
    dispatch.at = *Timestamp::parse("2026-05-18T15:00:00Z");
    dispatch.quantity = stamped.quantity;
    dispatch.lots = {stamped};
    StampedLine out;
    out.line = line;
    out.sku = sku;
    out.quantity = stamped.quantity;
    out.dispatches = {dispatch};
    stamp_.lines.push_back(std::move(out));
    return *this;
  }
  operator Instruction() const {  // NOLINT
    Instruction out = instruction_;
    out.body = stamp_;
    return out;
  }
  std::string json() const { return write_instruction(*this); }

 private:
  Instruction instruction_;
  LotsWrite stamp_;
};

inline OrderBuilder an_order(std::string id) { return OrderBuilder(std::move(id)); }
inline ReceiptBuilder a_receipt(std::string id, std::string warehouse) {
  return {std::move(id), std::move(warehouse)};
}
inline StampBuilder a_stamp(std::string order) { return StampBuilder(std::move(order)); }

}  // namespace lotbridge::testing
