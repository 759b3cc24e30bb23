// For tests: one owner's world around the core, with a ledger of its own that every step is checked
// against.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apply.hpp"

namespace lotbridge::core {

class TestWorld : public Calendar {
 public:
  TestWorld();

  Date business_date(WarehouseId, Timestamp at) const override { return at.utc_date(); }

  // Applies a document as the engine would: finds its order, hands in what a correction or void
  // takes back, keeps the entries, applies again what waited for the order.
  Outcome submit(Document);
  Outcome run_on(const std::string& order, const std::function<Outcome(OrderId, const Context&)>&);
  // Moves the clock (never back); new days and carts that ran out follow.
  std::vector<Outcome> move_clock(Timestamp);
  // Noon of a day.
  std::vector<Outcome> move_to(Date day);

  // A restart: everything is loaded anew from what a store would have kept. Returns what differs,
  // or "".
  std::string reload();

  Context context();
  OrderId order_id(const std::string& name) const;  // 0: none
  LotCost cost_of(LotId) const;
  // Everything that is wrong with the state now, by slow and obvious sums over the ledger; empty:
  // nothing.
  std::vector<std::string> faults() const;
  // A text of all stock, promises and orders: equal states have equal digests.
  std::string digest() const;

  State state;
  Timestamp now;
  bool may_override = false;
  bool pick_instruction_delivered = false;
  std::vector<Entry> ledger;
  OwnerId owner = 0;

 private:
  struct Kept {
    DocumentId row = 0;
    Document document;
    std::vector<Entry> entries;
    std::vector<CostRow> costs;
    DocumentId about = 0;  // the document that its entries correct
  };
  void name_documents(const Document&, Context&);
  void reapply(Outcome&);

  void keep(const Outcome&, const std::string& key);
  // What an engine keeps of documents that others follow (test_followed.cpp).
  void follow(const Document&, Context&);
  void follow_transfer(const Document&, Context&);
  void follow_purchase_order(const Document&, Context&);
  void follow_dispatches(const Document&, Context&);
  void follow_resolution(const Document&, Context&);
  void check_ways(std::vector<std::string>& faults) const;
  void keep_follows(const Document&, Kept&, const Outcome&);
  const Kept* kept(DocumentType, const std::string& id) const;
  bool is_voided(DocumentType, const std::string& id) const;
  static std::vector<Entry> standing(const std::vector<Entry>&);
  void check_promises(std::vector<std::string>& faults) const;

  std::map<std::string, Kept> kept_;
  std::map<std::string, OrderId> orders_;
  std::map<std::string, std::vector<TransferLot>> transfers_;
  std::map<std::string, std::vector<OrderedLine>> ordered_;
  std::map<std::string, std::map<std::string, std::vector<ReceivedLine>>> received_;  // by order
  Maybe<std::string> follows_, before_transfer_;  // transfers that the running document is about
  std::string voided_id_;
  std::vector<Entry> reversed_;
  std::vector<Entry> charged_;
  DocumentId last_row_ = 0;
};

}  // namespace lotbridge::core
