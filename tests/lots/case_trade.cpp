#include "case_trade.hpp"

namespace lotbridge::lots {

namespace {

LotCode code_of(const std::string& text) { return LotCode::parse(text).value(); }

TransferClose close_of(const Words& head) {
  TransferClose close;
  close.transfer = head.at(0);
  close.reason = head.get_or("reason", "not found");
  return close;
}

OwnerTransfer sale_of(const Words& head, const std::vector<Words>& lines) {
  OwnerTransfer sale;
  sale.to_owner = head.get_or("to", "beta");
  sale.warehouse = head.get_or("in", "MAD1");
  const auto add = [&](const Words& words) {
    OwnerTransferLine line;
    line.sku = words.at(0);
    line.lot = code_of(words.at(1));
    line.quantity = quantity(words.at(2));
    line.location = words.get("at");
    line.status = status(words.get_or("status", "available"));
    sale.lines.push_back(std::move(line));
  };
  if (!head.at(0).empty()) add(head);
  for (const Words& words : lines) add(words);
  return sale;
}

PurchaseOrder purchase_of(const Words& head, const std::vector<Words>& lines) {
  PurchaseOrder order;
  order.supplier = head.get("supplier");
  order.expected_on = head.date("expected");
  for (const Words& words : lines) {
    PurchaseOrderLine line;
    line.line = std::to_string(order.lines.size() + 1);
    line.sku = words.at(0);
    line.quantity = quantity(words.at(1));
    line.pack = words.get("pack");
    order.lines.push_back(std::move(line));
  }
  return order;
}

// "resolve dispatch S1 [line=1] [sku=YOG]: L1 2; L2 1 scanned"
Resolution resolution_of(const Words& head, const std::vector<Words>& lines) {
  Resolution resolution;
  if (head.at(0) == "dispatch") {
    resolution.of.dispatch_id = head.at(1);
  } else {
    resolution.of.return_id = head.at(1);
  }
  resolution.of.line = head.get("line");
  resolution.sku = head.get("sku");
  for (const Words& words : lines) {
    LotQuantity lot;
    lot.lot = code_of(words.at(0));
    lot.quantity = quantity(words.at(1));
    if (words.flag("scanned")) lot.scanned = true;
    resolution.lots.push_back(std::move(lot));
  }
  return resolution;
}

}  // namespace

std::optional<Body> trade_of(const std::string& verb, const Words& head,
                             const std::vector<Words>& lines) {
  if (verb == "close-transfer") return close_of(head);
  if (verb == "sell") return sale_of(head, lines);
  if (verb == "purchase") return purchase_of(head, lines);
  if (verb == "resolve") return resolution_of(head, lines);
  return std::nullopt;
}

std::string scan_text(std::string text) {
  for (std::size_t at = 0; (at = text.find("<GS>", at)) != std::string::npos;) {
    text.replace(at, 4, "\x1d");
  }
  return text;
}

}  // namespace lotbridge::lots
