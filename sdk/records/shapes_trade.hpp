// The shapes of what makes, corrects, trades and recalls lots. Same promises as shapes.hpp, which
// this continues.
#pragma once

#include "shapes_movements.hpp"

namespace lotbridge::records {

// ---------------------------------------------------------------- transformation

template <>
struct Shape<TransformationInput> {
  using T = TransformationInput;
  static constexpr std::array kFields = {
      must_be<&T::sku, Name>("sku"),
      must_be<&T::lot, Lot>("lot"),
      must_be<&T::quantity, Positive>("quantity"),
      may_be<&T::location, Name>("location"),
      always<&T::status, Units>("status"),
  };
};
template <>
struct Shape<TransformationOutput> {
  using T = TransformationOutput;
  static constexpr std::array kFields = {
      must_be<&T::sku, Name>("sku"),
      may_be<&T::lot, Lot>("lot"),
      must_be<&T::quantity, Positive>("quantity"),
      may_be<&T::batch, Name>("batch"),
      may_be<&T::tlc_source, Name>("tlc_source"),
      may_be<&T::expires_on, Day>("expires_on"),
      may_be<&T::produced_on, Day>("produced_on"),
      may_be<&T::sell_by, Day>("sell_by"),
      may_be<&T::removal_on, Day>("removal_on"),
      may_be<&T::date_kind, EnumOf<kDateKinds>>("date_kind"),
      may_be<&T::location, Name>("location"),
      always<&T::status, Units>("status"),
  };
};
template <>
struct Shape<TransformationLoss> {
  using T = TransformationLoss;
  static constexpr std::array kFields = {
      must_be<&T::sku, Name>("sku"),
      must_be<&T::quantity, Positive>("quantity"),
      may_be<&T::reason, Prose>("reason"),
  };
};
template <>
struct Shape<TransformationCost> {
  using T = TransformationCost;
  static constexpr std::array kFields = {
      must_be<&T::kind, Name>("kind"),
      must_be<&T::amount, Cost>("amount"),
  };
};
template <>
struct Shape<Transformation> {
  using T = Transformation;
  static constexpr std::array kFields = {
      may_be<&T::warehouse, Name>("warehouse"),
      may_be<&T::unbuild_of, Name>("unbuild_of"),
      may_be<&T::void_of, Name>("void_of"),
      may_be<&T::inputs, ListOf<ObjectOf<TransformationInput>>>("inputs"),
      may_be<&T::outputs, ListOf<ObjectOf<TransformationOutput>>>("outputs"),
      may_be<&T::loss, ListOf<ObjectOf<TransformationLoss>>>("loss"),
      may_be<&T::costs, ListOf<ObjectOf<TransformationCost>>>("costs"),
  };
  static void finish(Reader& reader, const Seen& seen, T& out) {
    if (out.void_of) return;
    if ((seen.given & bit_of<T>("warehouse")) == 0) reader.fault_at("warehouse", "Is required.");
    if (out.inputs.empty() && out.outputs.empty()) reader.fault("Needs `inputs` or `outputs`.");
  }
};

// ---------------------------------------------------------------- lot correction

template <>
struct Shape<LotCorrection> {
  using T = LotCorrection;
  static constexpr std::array kFields = {
      must_be<&T::sku, Name>("sku"),
      must_be<&T::lot, Lot>("lot"),
      may_be<&T::new_lot, Lot>("new_lot"),
      may_be<&T::expires_on, Day>("expires_on"),
      may_be<&T::produced_on, Day>("produced_on"),
      may_be<&T::sell_by, Day>("sell_by"),
      may_be<&T::removal_on, Day>("removal_on"),
      may_be<&T::date_kind, EnumOf<kDateKinds>>("date_kind"),
      may_be<&T::batch, Name>("batch"),
      may_be<&T::supplier_lot, Name>("supplier_lot"),
      may_be<&T::evidence, Prose>("evidence"),
      may_be<&T::reason, Prose>("reason"),
  };
  static void finish(Reader& reader, const Seen& seen, T&) {
    constexpr auto kAny = bit_of<T>("new_lot") | bit_of<T>("expires_on") |
                          bit_of<T>("produced_on") | bit_of<T>("sell_by") |
                          bit_of<T>("removal_on") | bit_of<T>("date_kind") | bit_of<T>("batch") |
                          bit_of<T>("supplier_lot");
    if ((seen.given & kAny) == 0) reader.fault("Needs something to correct, like `expires_on`.");
  }
};

// ---------------------------------------------------------------- purchase order, charge

template <>
struct Shape<PurchaseOrderLine> {
  using T = PurchaseOrderLine;
  static constexpr std::array kFields = {
      may_be<&T::line, Name>("line"),
      must_be<&T::sku, Name>("sku"),
      may_be<&T::pack, Name>("pack"),
      may_be<&T::unit, Name>("unit"),
      may_be<&T::rounding, WordOf<kRoundings>>("rounding"),
      must_be<&T::quantity, ZeroOrMore>("quantity"),
  };
};
template <>
struct Shape<PurchaseOrder> {
  using T = PurchaseOrder;
  static constexpr std::array kFields = {
      may_be<&T::version, Version>("version"),
      may_be<&T::supplier, Name>("supplier"),
      may_be<&T::warehouse, Name>("warehouse"),
      may_be<&T::expected_on, Day>("expected_on"),
      must_be<&T::lines, ListOf<ObjectOf<PurchaseOrderLine>>>("lines"),
  };
  static void finish(Reader& reader, const Seen&, T& out) {
    lines_differ(reader, out.lines);
    // A line without a name is called by its place.
    for (std::size_t i = 0; i < out.lines.size(); ++i)
      if (out.lines[i].line.empty()) out.lines[i].line = std::to_string(i + 1);
  }
};
template <>
struct Shape<Charge> {
  using T = Charge;
  static constexpr std::array kFields = {
      must_be<&T::receipt, Name>("receipt"), may_be<&T::receipt_source, Name>("receipt_source"),
      must_be<&T::kind, Name>("kind"),       must_be<&T::amount, Cost>("amount"),
      may_be<&T::sku, Name>("sku"),          may_be<&T::lot, Lot>("lot"),
  };
};

// ---------------------------------------------------------------- resolution

template <>
struct Shape<ResolutionOf> {
  using T = ResolutionOf;
  static constexpr std::array kFields = {
      may_be<&T::return_id, Name>("return"),
      may_be<&T::dispatch_id, Name>("dispatch"),
      may_be<&T::source, Name>("source"),
      may_be<&T::line, Name>("line"),
  };
  static void finish(Reader& reader, const Seen&, T& out) {
    if (out.return_id.has_value() == out.dispatch_id.has_value())
      reader.fault("Needs either `return` or `dispatch`.");
  }
};
template <>
struct Shape<Resolution> {
  using T = Resolution;
  static constexpr std::array kFields = {
      must_be<&T::of, ObjectOf<ResolutionOf>>("of"),
      may_be<&T::sku, Name>("sku"),
      must_be<&T::lots, ListOf<ObjectOf<LotQuantity>, 1>>("lots"),
  };
};

// ---------------------------------------------------------------- owner transfer, transfer close

template <>
struct Shape<OwnerTransferLine> {
  using T = OwnerTransferLine;
  static constexpr std::array kFields = {
      must_be<&T::sku, Name>("sku"),
      must_be<&T::lot, Lot>("lot"),
      must_be<&T::quantity, Positive>("quantity"),
      may_be<&T::location, Name>("location"),
      always<&T::status, Units>("status"),
  };
};
template <>
struct Shape<OwnerTransfer> {
  using T = OwnerTransfer;
  static constexpr std::array kFields = {
      may_be<&T::to_owner, Name>("to_owner"),
      may_be<&T::warehouse, Name>("warehouse"),
      may_be<&T::void_of, Name>("void_of"),
      always<&T::lines, ListOf<ObjectOf<OwnerTransferLine>>>("lines"),
  };
  static void finish(Reader& reader, const Seen& seen, T& out) {
    needs_unless_void(reader, seen, out, {"to_owner", "warehouse", "lines"});
  }
};
template <>
struct Shape<TransferClose> {
  using T = TransferClose;
  static constexpr std::array kFields = {
      must_be<&T::transfer, Name>("transfer"),
      may_be<&T::transfer_source, Name>("transfer_source"),
      must_be<&T::reason, Reason>("reason"),
  };
};

// ---------------------------------------------------------------- recall

template <>
struct Shape<RecallLot> {
  static constexpr std::array kFields = {must_be<&RecallLot::sku, Name>("sku"),
                                         must_be<&RecallLot::lot, Lot>("lot")};
};
template <>
struct Shape<RecallBatch> {
  static constexpr std::array kFields = {may_be<&RecallBatch::sku, Name>("sku"),
                                         must_be<&RecallBatch::batch, Name>("batch")};
};
template <>
struct Shape<RecallGtinLot> {
  static constexpr std::array kFields = {must_be<&RecallGtinLot::gtin, Gtin>("gtin"),
                                         must_be<&RecallGtinLot::lot, Lot>("lot")};
};
template <>
struct Shape<RecallSupplierReceipt> {
  using T = RecallSupplierReceipt;
  static constexpr std::array kFields = {must_be<&T::supplier, Name>("supplier"),
                                         must_be<&T::receipt, Name>("receipt")};
};
template <>
struct Shape<RecallSkuDate> {
  static constexpr std::array kFields = {must_be<&RecallSkuDate::sku, Name>("sku"),
                                         must_be<&RecallSkuDate::expires_on, Day>("expires_on")};
};
template <>
struct Shape<RecallScope> {
  using T = RecallScope;
  static constexpr std::array kFields = {
      may_be<&T::lots, ListOf<ObjectOf<RecallLot>>>("lots"),
      may_be<&T::batches, ListOf<ObjectOf<RecallBatch>>>("batches"),
      may_be<&T::gtin_lots, ListOf<ObjectOf<RecallGtinLot>>>("gtin_lots"),
      may_be<&T::supplier_receipts, ListOf<ObjectOf<RecallSupplierReceipt>>>("supplier_receipts"),
      may_be<&T::sku_dates, ListOf<ObjectOf<RecallSkuDate>>>("sku_dates"),
      may_be<&T::skus, ListOf<Name>>("skus"),
      may_be<&T::transformations, ListOf<Name>>("transformations"),
  };
  static void finish(Reader& reader, const Seen&, T& out) {
    if (out == T{}) reader.fault("Must name at least one thing to recall.");
  }
};
template <>
struct Shape<RecallConsignees> {
  using T = RecallConsignees;
  static constexpr std::array kFields = {
      may_be<&T::regions, ListOf<Name>>("regions"),
      may_be<&T::countries, ListOf<Country>>("countries"),
      may_be<&T::channels, ListOf<Name>>("channels"),
      may_be<&T::orders, ListOf<Name>>("orders"),
  };
};
template <>
struct Shape<Recall> {
  using T = Recall;
  static constexpr std::array kFields = {
      may_be<&T::version, Version>("version"),
      may_be<&T::title, Prose>("title"),
      may_be<&T::reason, Prose>("reason"),
      may_be<&T::recall_class, Name>("class"),
      may_be<&T::instructions, Prose>("instructions"),
      must_be<&T::scope, ObjectOf<RecallScope>>("scope"),
      may_be<&T::consignees, ObjectOf<RecallConsignees>>("consignees"),
      always<&T::include_derived, Flag>("include_derived"),
      always<&T::drill, Flag>("drill"),
  };
};

}  // namespace lotbridge::records
