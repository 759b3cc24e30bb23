// The documents of the contract as plain structs: what a shop, a warehouse or a person tells us.
//
// Field names are the JSON keys. `Maybe` is null in JSON. The strict readers and the writers are
// in records.hpp; rules about what a document does are the daemon's, not here. Quantities and dates
// are exact (values.hpp). Plain values: copy, move, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <lotbridge/documents_item.hpp>
#include <lotbridge/values.hpp>

namespace lotbridge {

// ---------------------------------------------------------------- receipt

struct ReferenceDocument {
  std::string type, number;
  bool operator==(const ReferenceDocument&) const = default;
};

struct ReceiptLine {
  std::string line;
  std::string sku;
  Maybe<std::string> pack, unit, rounding;
  Quantity quantity;
  Maybe<Quantity> rejected;
  Maybe<LotCode> lot;
  Maybe<std::string> batch, supplier_lot, tlc_source;
  Maybe<Date> expires_on, produced_on, sell_by, removal_on;
  Maybe<DateKind> date_kind;
  Maybe<std::string> location;
  StockStatus status = StockStatus::available;  // available | quarantine | damaged
  bool status_given = false;
  Maybe<Money> unit_cost;
  Maybe<std::string> scan;
  bool operator==(const ReceiptLine&) const = default;
};

enum class ReceiptKind : std::uint8_t { purchase, opening };
struct Receipt {
  ReceiptKind kind = ReceiptKind::purchase;
  std::string warehouse;
  Maybe<std::string> supplier, supplier_location, purchase_order, transfer, void_of;
  std::vector<ReferenceDocument> reference_documents;
  Maybe<Date> received_on;
  std::vector<ReceiptLine> lines;
  bool operator==(const Receipt&) const = default;
};

// ---------------------------------------------------------------- order

// Personal data: kept in one erasable table, never in the ledger, chain, events or logs.
struct Customer {
  Maybe<std::string> id, name, email, phone;
  bool operator==(const Customer&) const = default;
};
struct Address {
  Maybe<std::string> country, region, postal_code;                    // used by rules
  Maybe<std::string> name, company, address1, address2, city, phone;  // personal
  bool operator==(const Address&) const = default;
};

struct OrderLine {
  std::string line;
  Maybe<std::string> sku, variant, gtin;
  Maybe<std::string> pack, unit, rounding;
  // As sent. Where the shape is a number but the value can't be a quantity ("-1", "1.5" of a whole
  // unit, 2^63) the line says why and the rest of the order goes on: `quantity` is then unset.
  Maybe<Quantity> quantity;
  std::string quantity_text;
  bool requires_shipping = true;
  Maybe<std::string> warehouse;
  Maybe<LotCode> lot;
  Maybe<std::string> same_lot_group;
  PolicyKnobs policy;
  bool operator==(const OrderLine&) const = default;
};

struct Order {
  Maybe<std::string> number;
  std::vector<std::string> aliases;
  Maybe<std::int64_t> version;
  Maybe<std::string> channel;
  std::int32_t priority = 0;
  Maybe<std::string> hold;
  Maybe<Timestamp> placed_at, hold_until;
  Maybe<Date> ship_on, promised_on;
  Maybe<std::string> warehouse, from_cart;
  Maybe<Customer> customer;
  Maybe<Address> ship_to;
  PolicyKnobs policy;
  std::vector<OrderLine> lines;
  bool operator==(const Order&) const = default;
};

// ---------------------------------------------------------------- movements

struct PickLine {
  Maybe<std::string> order_line, sku, gtin, scan;
  Maybe<LotCode> lot;
  Quantity quantity;
  Maybe<Quantity> short_quantity;  // JSON "short": units not found
  Maybe<std::string> location, reason;
  bool operator==(const PickLine&) const = default;
};
struct Pick {
  std::string order;
  Maybe<std::string> order_source, warehouse, void_of;
  bool put_back = false;
  std::vector<PickLine> lines;
  bool operator==(const Pick&) const = default;
};

struct CancellationLine {
  Maybe<std::string> order_line, sku;
  Quantity quantity;
  bool operator==(const CancellationLine&) const = default;
};
struct Cancellation {
  std::string order;
  Maybe<std::string> order_source;
  Maybe<std::vector<CancellationLine>> lines;  // null: all
  bool operator==(const Cancellation&) const = default;
};

struct LotQuantity {
  LotCode lot;
  Quantity quantity;
  Maybe<bool> scanned;
  bool operator==(const LotQuantity&) const = default;
};
struct DispatchLine {
  Maybe<std::string> order_line, sku;
  Quantity quantity;
  Maybe<std::vector<LotQuantity>> lots;  // null: the warehouse does not report them
  bool operator==(const DispatchLine&) const = default;
};
struct Dispatch {
  Maybe<std::string> order, order_source;
  Maybe<std::string> warehouse, carrier, tracking_number, shipment, override_reason,
      void_of;  // "override"
  std::vector<DispatchLine> lines;
  bool operator==(const Dispatch&) const = default;
};

enum class ReturnDisposition : std::uint8_t { restock, quarantine, scrap };
struct ReturnLine {
  Maybe<std::string> order_line, sku;
  Quantity quantity;
  Maybe<std::vector<LotQuantity>> lots;
  ReturnDisposition disposition = ReturnDisposition::quarantine;
  bool operator==(const ReturnLine&) const = default;
};
struct Return {
  Maybe<std::string> order, order_source, void_of;
  Maybe<std::string> warehouse;
  bool received = true;  // false: money back without goods
  std::vector<ReturnLine> lines;
  bool operator==(const Return&) const = default;
};

struct LotRef {
  std::string sku;
  LotCode lot;
  Maybe<std::string> warehouse;
  bool operator==(const LotRef&) const = default;
};
struct Hold {
  std::string code;
  Maybe<std::string> reason;
  std::vector<LotRef> lots;
  bool operator==(const Hold&) const = default;
};
struct Release {
  std::string code;
  Maybe<std::string> reason;
  std::vector<LotRef> lots;
  bool operator==(const Release&) const = default;
};

struct TransferPlace {
  std::string warehouse;
  Maybe<std::string> location;
  StockStatus status = StockStatus::available;
  bool operator==(const TransferPlace&) const = default;
};
struct TransferLine {
  std::string sku;
  Maybe<LotCode> lot;
  Quantity quantity;
  bool operator==(const TransferLine&) const = default;
};
struct Transfer {
  TransferPlace from, to;
  Maybe<Date> arrives_on;
  Maybe<std::string> void_of;
  std::vector<TransferLine> lines;
  bool operator==(const Transfer&) const = default;
};

struct CountLine {
  std::string sku;
  LotCode lot;
  StockStatus status = StockStatus::available;
  Quantity counted;
  Maybe<Date> expires_on;
  bool operator==(const CountLine&) const = default;
};
struct Count {
  std::string warehouse;
  Maybe<std::string> location;
  Maybe<Timestamp> snapshot_at;
  Maybe<std::string> void_of;
  std::vector<CountLine> lines;
  bool operator==(const Count&) const = default;
};

enum class AdjustmentReason : std::uint8_t { scrapped, lost, found, supplier_return, correction };
struct AdjustmentLine {
  std::string sku;
  LotCode lot;
  Maybe<LotCode> from_lot;
  Maybe<std::string> location;
  StockStatus status = StockStatus::available;
  Quantity quantity;  // signed
  bool operator==(const AdjustmentLine&) const = default;
};
struct Adjustment {
  std::string warehouse;
  AdjustmentReason reason = AdjustmentReason::correction;
  Maybe<std::string> note, void_of;
  std::vector<AdjustmentLine> lines;
  bool operator==(const Adjustment&) const = default;
};

// What a storefront asks when a customer or a shop wants to be forgotten (connectors only).
struct Erasure {
  std::vector<std::string> orders;
  Maybe<std::string> customer;
  bool all = false;
  bool operator==(const Erasure&) const = default;
};

// ---------------------------------------------------------------- making, correcting, trading

// Units that went into a transformation, or came out of it.
struct TransformationInput {
  std::string sku;
  LotCode lot;
  Quantity quantity;
  Maybe<std::string> location;
  StockStatus status = StockStatus::available;
  bool operator==(const TransformationInput&) const = default;
};
struct TransformationOutput {
  std::string sku;
  Maybe<LotCode> lot;  // null: made from the item's template
  Quantity quantity;
  Maybe<std::string> batch, tlc_source;
  Maybe<Date> expires_on, produced_on, sell_by, removal_on;
  Maybe<DateKind> date_kind;
  Maybe<std::string> location;
  StockStatus status = StockStatus::available;
  bool operator==(const TransformationOutput&) const = default;
};
// Units of an input that did not come out again; a part of what `inputs` say, not beside it.
struct TransformationLoss {
  std::string sku;
  Quantity quantity;
  Maybe<std::string> reason;
  bool operator==(const TransformationLoss&) const = default;
};
struct TransformationCost {
  std::string kind;
  Money amount;
  bool operator==(const TransformationCost&) const = default;
};
struct Transformation {
  Maybe<std::string> warehouse, unbuild_of, void_of;
  std::vector<TransformationInput> inputs;
  std::vector<TransformationOutput> outputs;
  std::vector<TransformationLoss> loss;
  std::vector<TransformationCost> costs;
  bool operator==(const Transformation&) const = default;
};

// What somebody proved about a lot: other dates, or the code that it really has.
struct LotCorrection {
  std::string sku;
  LotCode lot;
  Maybe<LotCode> new_lot;
  Maybe<Date> expires_on, produced_on, sell_by, removal_on;
  Maybe<DateKind> date_kind;
  Maybe<std::string> batch, supplier_lot, evidence, reason;
  bool operator==(const LotCorrection&) const = default;
};

struct PurchaseOrderLine {
  std::string line;
  std::string sku;
  Maybe<std::string> pack, unit, rounding;
  Quantity quantity;
  bool operator==(const PurchaseOrderLine&) const = default;
};
struct PurchaseOrder {
  Maybe<std::int64_t> version;
  Maybe<std::string> supplier, warehouse;
  Maybe<Date> expected_on;
  std::vector<PurchaseOrderLine> lines;
  bool operator==(const PurchaseOrder&) const = default;
};

// Freight, duty or another cost of a receipt; `lot` (and `sku`): of that lot alone.
struct Charge {
  std::string receipt;
  Maybe<std::string> receipt_source;
  std::string kind;
  Money amount;
  Maybe<std::string> sku;
  Maybe<LotCode> lot;
  bool operator==(const Charge&) const = default;
};

// Which lots the units were whose lot nobody knew.
struct ResolutionOf {
  Maybe<std::string> return_id, dispatch_id;  // one of them; JSON `return`, `dispatch`
  Maybe<std::string> source;                  // of that document, where its id is not enough
  Maybe<std::string> line;
  bool operator==(const ResolutionOf&) const = default;
};
struct Resolution {
  ResolutionOf of;
  Maybe<std::string> sku;
  std::vector<LotQuantity> lots;
  bool operator==(const Resolution&) const = default;
};

// A sale in place: the goods stay where they are, the owner changes.
struct OwnerTransferLine {
  std::string sku;
  LotCode lot;
  Quantity quantity;
  Maybe<std::string> location;
  StockStatus status = StockStatus::available;
  bool operator==(const OwnerTransferLine&) const = default;
};
struct OwnerTransfer {
  Maybe<std::string> to_owner, warehouse, void_of;
  std::vector<OwnerTransferLine> lines;
  bool operator==(const OwnerTransfer&) const = default;
};

// What is missing of a transfer will not come: it becomes lost. Sent as a call on the transfer.
struct TransferClose {
  std::string transfer;
  Maybe<std::string> transfer_source;
  std::string reason;
  bool operator==(const TransferClose&) const = default;
};

// ---------------------------------------------------------------- recall

struct RecallLot {
  std::string sku;
  LotCode lot;
  bool operator==(const RecallLot&) const = default;
};
struct RecallBatch {
  Maybe<std::string> sku;  // unset: every item that this batch was made into
  std::string batch;
  bool operator==(const RecallBatch&) const = default;
};
struct RecallGtinLot {
  std::string gtin;
  LotCode lot;
  bool operator==(const RecallGtinLot&) const = default;
};
struct RecallSupplierReceipt {
  std::string supplier, receipt;
  bool operator==(const RecallSupplierReceipt&) const = default;
};
struct RecallSkuDate {
  std::string sku;
  Date expires_on;
  bool operator==(const RecallSkuDate&) const = default;
};
struct RecallScope {
  std::vector<RecallLot> lots;
  std::vector<RecallBatch> batches;
  std::vector<RecallGtinLot> gtin_lots;
  std::vector<RecallSupplierReceipt> supplier_receipts;
  std::vector<RecallSkuDate> sku_dates;
  std::vector<std::string> skus;             // whole items, LEGACY and unknown lots included
  std::vector<std::string> transformations;  // what these production runs touched
  bool operator==(const RecallScope&) const = default;
};
// Who is told; never what is blocked.
struct RecallConsignees {
  std::vector<std::string> regions, countries, channels, orders;
  bool operator==(const RecallConsignees&) const = default;
};
struct Recall {
  Maybe<std::int64_t> version;
  Maybe<std::string> title, reason, recall_class, instructions;  // JSON `class`
  RecallScope scope;
  Maybe<RecallConsignees> consignees;
  bool include_derived = true;  // lots made out of these
  bool drill = false;
  bool operator==(const Recall&) const = default;
};

// ---------------------------------------------------------------- the envelope

// The types that are submitted today; the numbers are stored, so they only grow.
enum class DocumentType : std::uint8_t {
  item = 1,
  policy,
  receipt,
  order,
  pick,
  cancellation,
  dispatch,
  return_,
  hold,
  release,
  transfer,
  count,
  adjustment,
  erasure,
  transformation,
  lot_correction,
  purchase_order,
  charge,
  resolution,
  owner_transfer,
  recall,
  transfer_close
};
constexpr DocumentType kLastDocumentType = DocumentType::transfer_close;

using Body =
    std::variant<Item, Policy, Receipt, Order, Pick, Cancellation, Dispatch, Return, Hold, Release,
                 Transfer, Count, Adjustment, Erasure, Transformation, LotCorrection, PurchaseOrder,
                 Charge, Resolution, OwnerTransfer, Recall, TransferClose>;

// One document as somebody sent it. `owner` and `source` are filled in by whoever accepts it.
struct Document {
  std::string owner;
  std::string source = "api";
  std::string id;
  Maybe<Timestamp> at;     // when it happened; absent: when we learned it
  Maybe<bool> command;     // absent: true for source "api", false for connectors
  std::string attributes;  // free data: one JSON object as text, "" when there is none
  Body body;

  DocumentType type() const { return static_cast<DocumentType>(body.index() + 1); }
  bool operator==(const Document&) const = default;
};

}  // namespace lotbridge
