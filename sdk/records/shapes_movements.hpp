// The shapes of what moves or blocks goods: picks, dispatches, returns, holds, transfers, counts.
// Same promises as shapes.hpp, which this continues.
#pragma once

#include "shapes.hpp"

namespace lotbridge::records {

// ---------------------------------------------------------------- pick, cancellation

template <>
struct Shape<PickLine> {
  static constexpr std::array kFields = {
      may_be<&PickLine::order_line, Name>("order_line"),
      may_be<&PickLine::sku, Name>("sku"),
      may_be<&PickLine::gtin, Name>("gtin"),
      may_be<&PickLine::scan, Scan>("scan"),
      may_be<&PickLine::lot, Lot>("lot"),
      must_be<&PickLine::quantity, ZeroOrMore>("quantity"),
      may_be<&PickLine::short_quantity, ZeroOrMore>("short"),
      may_be<&PickLine::location, Name>("location"),
      may_be<&PickLine::reason, Prose>("reason"),
  };
  static void finish(Reader& reader, const Seen& seen, PickLine&) {
    constexpr auto kAny = bit_of<PickLine>("order_line") | bit_of<PickLine>("sku") |
                          bit_of<PickLine>("gtin") | bit_of<PickLine>("scan");
    if ((seen.given & kAny) == 0) reader.fault("Needs `order_line`, `sku`, `gtin` or `scan`.");
  }
};
template <>
struct Shape<Pick> {
  static constexpr std::array kFields = {
      may_be<&Pick::order, Name>("order"),
      may_be<&Pick::order_source, Name>("order_source"),
      may_be<&Pick::warehouse, Name>("warehouse"),
      may_be<&Pick::void_of, Name>("void_of"),
      always<&Pick::put_back, Flag>("put_back"),
      always<&Pick::lines, ListOf<ObjectOf<PickLine>>>("lines"),
  };
  static void finish(Reader& reader, const Seen& seen, Pick& out) {
    needs_unless_void(reader, seen, out, {"order", "lines"});
  }
};

template <>
struct Shape<CancellationLine> {
  static constexpr std::array kFields = {
      may_be<&CancellationLine::order_line, Name>("order_line"),
      may_be<&CancellationLine::sku, Name>("sku"),
      must_be<&CancellationLine::quantity, Positive>("quantity"),
  };
  static void finish(Reader& reader, const Seen& seen, CancellationLine&) {
    needs_line_or_sku<CancellationLine>(reader, seen);
  }
};
template <>
struct Shape<Cancellation> {
  static constexpr std::array kFields = {
      must_be<&Cancellation::order, Name>("order"),
      may_be<&Cancellation::order_source, Name>("order_source"),
      may_be<&Cancellation::lines, ListOf<ObjectOf<CancellationLine>, 1>>("lines"),
  };
};

// ---------------------------------------------------------------- dispatch, return

template <>
struct Shape<LotQuantity> {
  static constexpr std::array kFields = {
      must_be<&LotQuantity::lot, Lot>("lot"),
      must_be<&LotQuantity::quantity, Positive>("quantity"),
      may_be<&LotQuantity::scanned, Flag>("scanned"),
  };
};
template <>
struct Shape<DispatchLine> {
  static constexpr std::array kFields = {
      may_be<&DispatchLine::order_line, Name>("order_line"),
      may_be<&DispatchLine::sku, Name>("sku"),
      must_be<&DispatchLine::quantity, Positive>("quantity"),
      may_be<&DispatchLine::lots, ListOf<ObjectOf<LotQuantity>>>("lots"),
  };
  static void finish(Reader& reader, const Seen& seen, DispatchLine&) {
    needs_line_or_sku<DispatchLine>(reader, seen);
  }
};
template <>
struct Shape<Dispatch> {
  static constexpr std::array kFields = {
      may_be<&Dispatch::order, Name>("order"),
      may_be<&Dispatch::order_source, Name>("order_source"),
      may_be<&Dispatch::warehouse, Name>("warehouse"),
      may_be<&Dispatch::carrier, Name>("carrier"),
      may_be<&Dispatch::tracking_number, Name>("tracking_number"),
      may_be<&Dispatch::shipment, Name>("shipment"),
      may_be<&Dispatch::override_reason, Reason>("override"),
      may_be<&Dispatch::void_of, Name>("void_of"),
      always<&Dispatch::lines, ListOf<ObjectOf<DispatchLine>>>("lines"),
  };
  static void finish(Reader& reader, const Seen& seen, Dispatch& out) {
    needs_unless_void(reader, seen, out, {"order", "lines"});
  }
};

template <>
struct Shape<ReturnLine> {
  static constexpr std::array kFields = {
      may_be<&ReturnLine::order_line, Name>("order_line"),
      may_be<&ReturnLine::sku, Name>("sku"),
      must_be<&ReturnLine::quantity, Positive>("quantity"),
      may_be<&ReturnLine::lots, ListOf<ObjectOf<LotQuantity>>>("lots"),
      always<&ReturnLine::disposition, EnumOf<kDispositions>>("disposition"),
  };
  static void finish(Reader& reader, const Seen& seen, ReturnLine&) {
    needs_line_or_sku<ReturnLine>(reader, seen);
  }
};
template <>
struct Shape<Return> {
  static constexpr std::array kFields = {
      may_be<&Return::order, Name>("order"),
      may_be<&Return::order_source, Name>("order_source"),
      may_be<&Return::void_of, Name>("void_of"),
      may_be<&Return::warehouse, Name>("warehouse"),
      always<&Return::received, Flag>("received"),
      always<&Return::lines, ListOf<ObjectOf<ReturnLine>>>("lines"),
  };
  static void finish(Reader& reader, const Seen& seen, Return& out) {
    needs_unless_void(reader, seen, out, {"lines"});
  }
};

// ---------------------------------------------------------------- hold, release

template <>
struct Shape<LotRef> {
  static constexpr std::array kFields = {
      must_be<&LotRef::sku, Name>("sku"),
      must_be<&LotRef::lot, Lot>("lot"),
      may_be<&LotRef::warehouse, Name>("warehouse"),
  };
};
template <>
struct Shape<Hold> {
  static constexpr std::array kFields = {
      must_be<&Hold::code, Name>("code"),
      may_be<&Hold::reason, Prose>("reason"),
      must_be<&Hold::lots, ListOf<ObjectOf<LotRef>, 1>>("lots"),
  };
};
template <>
struct Shape<Release> {
  static constexpr std::array kFields = {
      must_be<&Release::code, Name>("code"),
      may_be<&Release::reason, Prose>("reason"),
      must_be<&Release::lots, ListOf<ObjectOf<LotRef>, 1>>("lots"),
  };
};

// ---------------------------------------------------------------- transfer, count, adjustment

template <>
struct Shape<TransferPlace> {
  static constexpr std::array kFields = {
      must_be<&TransferPlace::warehouse, Name>("warehouse"),
      may_be<&TransferPlace::location, Name>("location"),
      always<&TransferPlace::status, Units>("status"),
  };
};
template <>
struct Shape<TransferLine> {
  static constexpr std::array kFields = {
      must_be<&TransferLine::sku, Name>("sku"),
      may_be<&TransferLine::lot, Lot>("lot"),
      must_be<&TransferLine::quantity, Positive>("quantity"),
  };
};
// A transfer that only takes another back names no places; they are left out again.
template <auto kPlace>
void write_place(JsonWriter& writer, std::string_view key, const Transfer& from) {
  if (!(from.*kPlace).warehouse.empty())
    Row<kPlace, ObjectOf<TransferPlace>>::write_always(writer, key, from);
}
template <auto kPlace>
constexpr Field<Transfer> place(std::string_view key) {
  using R = Row<kPlace, ObjectOf<TransferPlace>>;
  return {key, false, &R::read, &write_place<kPlace>, &R::same};
}
template <>
struct Shape<Transfer> {
  static constexpr std::array kFields = {
      place<&Transfer::from>("from"),
      place<&Transfer::to>("to"),
      may_be<&Transfer::arrives_on, Day>("arrives_on"),
      may_be<&Transfer::void_of, Name>("void_of"),
      always<&Transfer::lines, ListOf<ObjectOf<TransferLine>>>("lines"),
  };
  static void finish(Reader& reader, const Seen& seen, Transfer& out) {
    needs_unless_void(reader, seen, out, {"from", "to", "lines"});
  }
};

template <>
struct Shape<CountLine> {
  static constexpr std::array kFields = {
      must_be<&CountLine::sku, Name>("sku"),
      must_be<&CountLine::lot, Lot>("lot"),
      always<&CountLine::status, Units>("status"),
      must_be<&CountLine::counted, ZeroOrMore>("counted"),
      may_be<&CountLine::expires_on, Day>("expires_on"),
  };
};
template <>
struct Shape<Count> {
  static constexpr std::array kFields = {
      may_be<&Count::warehouse, Name>("warehouse"),
      may_be<&Count::location, Name>("location"),
      may_be<&Count::snapshot_at, Moment>("snapshot_at"),
      may_be<&Count::void_of, Name>("void_of"),
      always<&Count::lines, ListOf<ObjectOf<CountLine>>>("lines"),
  };
  static void finish(Reader& reader, const Seen& seen, Count& out) {
    needs_unless_void(reader, seen, out, {"warehouse", "lines"});
  }
};

template <>
struct Shape<AdjustmentLine> {
  static constexpr std::array kFields = {
      must_be<&AdjustmentLine::sku, Name>("sku"),
      must_be<&AdjustmentLine::lot, Lot>("lot"),
      may_be<&AdjustmentLine::from_lot, Lot>("from_lot"),
      may_be<&AdjustmentLine::location, Name>("location"),
      always<&AdjustmentLine::status, Units>("status"),
      must_be<&AdjustmentLine::quantity, NonZero>("quantity"),
  };
};
template <>
struct Shape<Adjustment> {
  static constexpr std::array kFields = {
      may_be<&Adjustment::warehouse, Name>("warehouse"),
      always<&Adjustment::reason, EnumOf<kReasons>>("reason"),
      may_be<&Adjustment::note, Prose>("note"),
      may_be<&Adjustment::void_of, Name>("void_of"),
      always<&Adjustment::lines, ListOf<ObjectOf<AdjustmentLine>>>("lines"),
  };
  static void finish(Reader& reader, const Seen& seen, Adjustment& out) {
    needs_unless_void(reader, seen, out, {"warehouse", "reason", "lines"});
  }
};

// ---------------------------------------------------------------- erasure

template <>
struct Shape<Erasure> {
  static constexpr std::array kFields = {
      may_be<&Erasure::orders, ListOf<Name>>("orders"),
      may_be<&Erasure::customer, Name>("customer"),
      always<&Erasure::all, Flag>("all"),
  };
  static void finish(Reader& reader, const Seen&, Erasure& out) {
    if (out.orders.empty() && !out.customer && !out.all)
      reader.fault("Needs `orders`, `customer` or `all`.");
  }
};

}  // namespace lotbridge::records
