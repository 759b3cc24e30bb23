// The shapes of the documents: every field of documents.hpp with its key and its codec.
//
// The order of the rows is the canonical order of the keys. schemas/documents/ says the same for
// the outside; the corpus in tests/schemas holds both against each other. Included by
// documents.cpp.
#pragma once

#include <lotbridge/documents.hpp>

#include "fields.hpp"
#include "shapes_shared.hpp"

namespace lotbridge::records {

// ---------------------------------------------------------------- words

inline constexpr std::array<std::string_view, 2> kDateKinds = {"use_by", "best_before"};
inline constexpr std::array<std::string_view, 2> kTemplateModes = {"warn", "enforce"};
inline constexpr std::array<std::string_view, 1> kRoundings = {"half_even"};
inline constexpr std::array<std::string_view, 2> kReceiptKinds = {"purchase", "opening"};
inline constexpr std::array<std::string_view, 3> kStockStatuses = {"available", "quarantine",
                                                                   "damaged"};
inline constexpr std::array<std::string_view, 3> kDispositions = {"restock", "quarantine", "scrap"};
inline constexpr std::array<std::string_view, 5> kReasons = {"scrapped", "lost", "found",
                                                             "supplier_return", "correction"};

using Days = IntegerOf<0, 36500>;
using Percent = IntegerOf<0, 100>;
using Version = IntegerOf<INT64_MIN, INT64_MAX>;
using AnyAmount = AmountOf<Sign::any>;
using NonZero = AmountOf<Sign::nonzero>;
using ZeroOrMore = AmountOf<Sign::not_negative>;
using Positive = AmountOf<Sign::positive>;
using Scan = Reason;                   // what a scanner sent, its separators (0x1D) included
using Units = EnumOf<kStockStatuses>;  // the statuses that a sender may name

// Digits of a GTIN-8, -12, -13 or -14. The check digit is judged by nobody: labels carry wrong
// ones.
struct Gtin {
  static void read(Reader& reader, Value& value, std::string& out) {
    std::string_view view;
    if (!reader.text(value, view)) return;
    const bool digits = view.find_first_not_of("0123456789") == std::string_view::npos;
    if (digits && (view.size() == 8 || (view.size() >= 12 && view.size() <= 14))) {
      out = view;
    } else {
      reader.fault("Must be 8, 12, 13 or 14 digits.");
    }
  }
  static void write(JsonWriter& writer, const std::string& from) { writer.text(from); }
};

// A positive factor as decimal text, because it may need more decimals than a quantity has.
struct Factor {
  static void read(Reader& reader, Value& value, std::string& out) {
    std::string_view view;
    if (!reader.text(value, view)) return;
    const auto point = view.find('.');
    const auto decimals = point == std::string_view::npos ? 0 : view.size() - point - 1;
    const bool plain = view.find_first_not_of("0123456789.") == std::string_view::npos;
    const bool positive = view.find_first_of("123456789") != std::string_view::npos;
    if (plain && positive && is_json_number(view) && decimals <= 12 &&
        view.substr(0, point).size() <= 12) {
      out = view;
    } else {
      reader.fault("Must be a decimal text above 0, like \"0.45359237\".");
    }
  }
  static void write(JsonWriter& writer, const std::string& from) { writer.text(from); }
};

// A country, or a country and its region: ES, ES-MD.
struct Destination {
  static void read(Reader& reader, Value& value, std::string& out) {
    Name::read(reader, value, out);
    if (out.empty()) return;
    const bool country = out.size() >= 2 && Country::is(std::string_view(out).substr(0, 2));
    if (!country || (out.size() > 2 && (out[2] != '-' || out.size() == 3)))
      reader.fault("Must be a country (ES) or a country and its region (ES-MD).");
  }
  static void write(JsonWriter& writer, const std::string& from) { writer.text(from); }
};

// Moves the sign rule of `unit_cost` into its amount.
struct Cost {
  static void read(Reader& reader, Value& value, Money& out);
  static void write(JsonWriter& writer, const Money& from) {
    writer.open('{');
    writer.key("amount");
    writer.text(from.amount_text());
    writer.key("currency");
    writer.text(from.currency);
    writer.close('}');
  }
};
struct MoneyText {
  std::string amount, currency;
};
template <>
struct Shape<MoneyText> {
  static constexpr std::array kFields = {
      must_be<&MoneyText::amount, Name>("amount"),
      must_be<&MoneyText::currency, Name>("currency"),
  };
};
inline void Cost::read(Reader& reader, Value& value, Money& out) {
  MoneyText text;
  read_object(reader, value, text);
  if (text.amount.empty() || text.currency.empty()) return;
  if (!Money::parse("0", text.currency)) {
    reader.fault_at("currency", "Must be a currency of three capital letters (ISO 4217).");
  } else if (auto money = Money::parse(text.amount, text.currency);
             !money || text.amount[0] == '-') {
    reader.fault_at("amount", "Must be a decimal text of at least 0, like \"0.82\".");
  } else {
    out = std::move(*money);
  }
}

// An order's quantity: what is a number but no usable quantity stops only its line.
struct OrderedQuantity {
  static void read(Reader& reader, Value& value, OrderLine& out) {
    std::string_view view;
    if (!reader.number(value, view)) return;
    out.quantity = Quantity::parse(view);
    if (out.quantity && out.quantity->micros < 0) out.quantity.reset();
    if (!out.quantity) out.quantity_text = view.substr(0, 100);
  }
};
inline bool read_ordered(Reader& reader, Value& value, OrderLine& out) {
  if (reader.is_null(value) || reader.dead()) return false;
  OrderedQuantity::read(reader, value, out);
  return true;
}
inline void write_ordered(JsonWriter& writer, std::string_view key, const OrderLine& from) {
  writer.key(key);
  if (from.quantity) {
    writer.millionths(from.quantity->micros);
  } else {
    // Made by hand, without either: 0 removes the line, as the contract says.
    writer.raw(from.quantity_text.empty() ? std::string_view("0") : from.quantity_text);
  }
}
inline bool same_ordered(const OrderLine& a, const OrderLine& b) {
  return a.quantity == b.quantity && a.quantity_text == b.quantity_text;
}

// Refuses a name that stands twice among the lines: a later document could not tell them apart.
template <typename Line>
void lines_differ(Reader& reader, const std::vector<Line>& lines) {
  std::vector<std::pair<std::string_view, std::size_t>> names;
  names.reserve(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) names.emplace_back(lines[i].line, i);
  std::sort(names.begin(), names.end());
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (names[i].first.empty() || names[i].first != names[i - 1].first) continue;
    const Reader::Step list(reader, "lines");
    const Reader::Step line(reader, names[i].second);
    reader.fault_at("line", "Another line has this name already.");
  }
}

// A movement either takes another back, or it says what moved.
template <typename T>
void needs_unless_void(Reader& reader, const Seen& seen, const T& document,
                       std::initializer_list<std::string_view> keys) {
  if (document.void_of) return;
  for (const auto key : keys)
    if ((seen.given & bit_of<T>(key)) == 0) reader.fault_at(key, "Is required.");
  if ((seen.given & bit_of<T>("lines")) != 0 && document.lines.empty())
    reader.fault_at("lines", "Must not be empty.");
}

template <typename Line>
void needs_line_or_sku(Reader& reader, const Seen& seen) {
  if ((seen.given & (bit_of<Line>("order_line") | bit_of<Line>("sku"))) == 0)
    reader.fault("Needs `order_line` or `sku`.");
}

// ---------------------------------------------------------------- policy and item

template <>
struct Shape<PolicyScope> {
  static constexpr std::array kFields = {
      may_be<&PolicyScope::channel, Name>("channel"),
      may_be<&PolicyScope::customer, Name>("customer"),
      may_be<&PolicyScope::sku, Name>("sku"),
      may_be<&PolicyScope::warehouse, Name>("warehouse"),
      may_be<&PolicyScope::destination, Destination>("destination"),
  };
};
template <>
struct Shape<Policy> {
  static constexpr std::array kFields = {
      always<&Policy::scope, ObjectOf<PolicyScope>>("scope"),
      must_be<&Policy::policy, ObjectOf<PolicyKnobs>>("policy"),
  };
};

template <>
struct Shape<ItemAlias> {
  static constexpr std::array kFields = {
      must_be<&ItemAlias::source, Name>("source"),
      must_be<&ItemAlias::code, Name>("code"),
      always<&ItemAlias::quantity, Positive>("quantity"),
  };
};
template <>
struct Shape<Pack> {
  static constexpr std::array kFields = {
      must_be<&Pack::code, Name>("code"),
      must_be<&Pack::quantity, Positive>("quantity"),
      may_be<&Pack::gtin, Gtin>("gtin"),
  };
};
template <>
struct Shape<UnitFactor> {
  static constexpr std::array kFields = {
      must_be<&UnitFactor::code, Name>("code"),
      must_be<&UnitFactor::factor, Factor>("factor"),
  };
};
template <>
struct Shape<Component> {
  static constexpr std::array kFields = {
      must_be<&Component::sku, Name>("sku"),
      must_be<&Component::quantity, Positive>("quantity"),
  };
};
template <>
struct Shape<Item> {
  static constexpr std::array kFields = {
      must_be<&Item::sku, Name>("sku"),
      may_be<&Item::name, Prose>("name"),
      may_be<&Item::gtins, ListOf<Gtin>>("gtins"),
      may_be<&Item::aliases, ListOf<ObjectOf<ItemAlias>>>("aliases"),
      always<&Item::unit, Name>("unit"),
      always<&Item::decimals, IntegerOf<0, 6>>("decimals"),
      may_be<&Item::packs, ListOf<ObjectOf<Pack>>>("packs"),
      may_be<&Item::units, ListOf<ObjectOf<UnitFactor>>>("units"),
      always<&Item::lot_tracked, Flag>("lot_tracked"),
      always<&Item::shelf_life_controlled, Flag>("shelf_life_controlled"),
      always<&Item::traceability_list, Flag>("traceability_list"),
      always<&Item::requires_inspection, Flag>("requires_inspection"),
      always<&Item::date_kind, EnumOf<kDateKinds>>("date_kind"),
      may_be<&Item::shelf_life_days, IntegerOf<1, 36500>>("shelf_life_days"),
      may_be<&Item::shelf_life_months, IntegerOf<1, 1200>>("shelf_life_months"),
      may_be<&Item::removal_days, Days>("removal_days"),
      may_be<&Item::alert_days, Days>("alert_days"),
      may_be<&Item::components, ListOf<ObjectOf<Component>>>("components"),
      may_be<&Item::policy, ObjectOf<PolicyKnobs>>("policy"),
      may_be<&Item::lot_template, Name>("lot_template"),
      may_be<&Item::lot_template_mode, WordOf<kTemplateModes>>("lot_template_mode"),
      may_be<&Item::yield_tolerance_percent, Percent>("yield_tolerance_percent"),
      may_be<&Item::short_dated_days, ListOf<Days>>("short_dated_days"),
      may_be<&Item::merged_into, Name>("merged_into"),
  };
  // What would not be written again, like an empty list, was not given either.
  static bool says_something(const Field<Item>& field, const Item& item) {
    JsonWriter writer(64);
    field.write(writer, field.key, item);
    return !writer.take().empty();
  }
  static void finish(Reader&, const Seen& seen, Item& out) {
    std::uint64_t bit = 1;
    for (const auto& field : kFields) {
      const bool given = (seen.given & bit) != 0 && field.key != "sku";
      if (given && says_something(field, out)) out.given.emplace_back(field.key);
      bit <<= 1;
    }
  }
};

// ---------------------------------------------------------------- receipt

template <>
struct Shape<ReferenceDocument> {
  static constexpr std::array kFields = {
      must_be<&ReferenceDocument::type, Name>("type"),
      must_be<&ReferenceDocument::number, Name>("number"),
  };
};
template <>
struct Shape<ReceiptLine> {
  // A status that the sender did not write stays unwritten: the item may ask for an inspection.
  static void write_status(JsonWriter& writer, std::string_view key, const ReceiptLine& from) {
    if (!from.status_given && from.status == StockStatus::available) return;
    writer.key(key);
    Units::write(writer, from.status);
  }
  static constexpr std::array kFields = {
      may_be<&ReceiptLine::line, Name>("line"),
      may_be<&ReceiptLine::sku, Name>("sku"),
      may_be<&ReceiptLine::pack, Name>("pack"),
      may_be<&ReceiptLine::unit, Name>("unit"),
      may_be<&ReceiptLine::rounding, WordOf<kRoundings>>("rounding"),
      must_be<&ReceiptLine::quantity, ZeroOrMore>("quantity"),
      may_be<&ReceiptLine::rejected, ZeroOrMore>("rejected"),
      may_be<&ReceiptLine::lot, Lot>("lot"),
      may_be<&ReceiptLine::batch, Name>("batch"),
      may_be<&ReceiptLine::supplier_lot, Name>("supplier_lot"),
      may_be<&ReceiptLine::tlc_source, Name>("tlc_source"),
      may_be<&ReceiptLine::expires_on, Day>("expires_on"),
      may_be<&ReceiptLine::date_kind, EnumOf<kDateKinds>>("date_kind"),
      may_be<&ReceiptLine::produced_on, Day>("produced_on"),
      may_be<&ReceiptLine::sell_by, Day>("sell_by"),
      may_be<&ReceiptLine::removal_on, Day>("removal_on"),
      may_be<&ReceiptLine::location, Name>("location"),
      Field<ReceiptLine>{"status", false, &Row<&ReceiptLine::status, Units>::read, &write_status,
                         &Row<&ReceiptLine::status, Units>::same},
      may_be<&ReceiptLine::unit_cost, Cost>("unit_cost"),
      may_be<&ReceiptLine::scan, Scan>("scan"),
  };
  static void finish(Reader& reader, const Seen& seen, ReceiptLine& out) {
    if (out.sku.empty() && !out.scan) reader.fault("Needs `sku` or `scan`.");
    out.status_given = (seen.given & bit_of<ReceiptLine>("status")) != 0;
  }
};
template <>
struct Shape<Receipt> {
  static constexpr std::array kFields = {
      always<&Receipt::kind, EnumOf<kReceiptKinds>>("kind"),
      may_be<&Receipt::warehouse, Name>("warehouse"),
      may_be<&Receipt::supplier, Name>("supplier"),
      may_be<&Receipt::supplier_location, Name>("supplier_location"),
      may_be<&Receipt::purchase_order, Name>("purchase_order"),
      may_be<&Receipt::transfer, Name>("transfer"),
      may_be<&Receipt::void_of, Name>("void_of"),
      may_be<&Receipt::reference_documents, ListOf<ObjectOf<ReferenceDocument>>>(
          "reference_documents"),
      may_be<&Receipt::received_on, Day>("received_on"),
      always<&Receipt::lines, ListOf<ObjectOf<ReceiptLine>>>("lines"),
  };
  static void finish(Reader& reader, const Seen& seen, Receipt& out) {
    needs_unless_void(reader, seen, out, {"warehouse", "lines"});
    lines_differ(reader, out.lines);
    // A line without a name is called by its place.
    for (std::size_t i = 0; i < out.lines.size(); ++i)
      if (out.lines[i].line.empty()) out.lines[i].line = std::to_string(i + 1);
  }
};

// ---------------------------------------------------------------- order

template <>
struct Shape<OrderLine> {
  static constexpr std::array kFields = {
      must_be<&OrderLine::line, Name>("line"),
      may_be<&OrderLine::sku, Name>("sku"),
      may_be<&OrderLine::variant, Name>("variant"),
      may_be<&OrderLine::gtin, Name>("gtin"),
      may_be<&OrderLine::pack, Name>("pack"),
      may_be<&OrderLine::unit, Name>("unit"),
      may_be<&OrderLine::rounding, WordOf<kRoundings>>("rounding"),
      Field<OrderLine>{"quantity", true, &read_ordered, &write_ordered, &same_ordered},
      always<&OrderLine::requires_shipping, Flag>("requires_shipping"),
      may_be<&OrderLine::warehouse, Name>("warehouse"),
      may_be<&OrderLine::lot, Lot>("lot"),
      may_be<&OrderLine::same_lot_group, Name>("same_lot_group"),
      may_be<&OrderLine::policy, ObjectOf<PolicyKnobs>>("policy"),
  };
};
template <>
struct Shape<Order> {
  static constexpr std::array kFields = {
      may_be<&Order::number, Name>("number"),
      may_be<&Order::aliases, ListOf<Name>>("aliases"),
      may_be<&Order::version, Version>("version"),
      may_be<&Order::channel, Name>("channel"),
      always<&Order::priority, IntegerOf<-1'000'000, 1'000'000>>("priority"),
      may_be<&Order::hold, Reason>("hold"),
      may_be<&Order::placed_at, Moment>("placed_at"),
      may_be<&Order::ship_on, Day>("ship_on"),
      may_be<&Order::promised_on, Day>("promised_on"),
      may_be<&Order::hold_until, Moment>("hold_until"),
      may_be<&Order::warehouse, Name>("warehouse"),
      may_be<&Order::from_cart, Name>("from_cart"),
      may_be<&Order::customer, ObjectOf<Customer>>("customer"),
      may_be<&Order::ship_to, ObjectOf<Address>>("ship_to"),
      may_be<&Order::policy, ObjectOf<PolicyKnobs>>("policy"),
      must_be<&Order::lines, ListOf<ObjectOf<OrderLine>>>("lines"),
  };
  static void finish(Reader& reader, const Seen&, Order& out) { lines_differ(reader, out.lines); }
};

}  // namespace lotbridge::records
