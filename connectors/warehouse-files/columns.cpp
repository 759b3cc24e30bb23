#include "columns.hpp"

namespace lotbridge::warehouse_files {
namespace {

const std::vector<std::string_view> kSku = {"item",    "itemnumber", "itemno",  "itemcode",
                                            "article", "articleno",  "product", "productcode",
                                            "part",    "partno"};
const std::vector<std::string_view> kLot = {"lotnumber", "lotno",       "lotcode", "batchlot",
                                            "batchno",   "batchnumber", "batch"};
const std::vector<std::string_view> kExpires = {
    "expirationdate", "expirydate", "expiry", "expdate", "bestby",
    "bestbefore",     "bbd",        "useby",  "mhd"};
const std::vector<std::string_view> kWarehouse = {"facility", "site", "warehousecode"};
const std::vector<std::string_view> kLocation = {"bin", "slot", "locationcode"};
const std::vector<std::string_view> kOrder = {"orderid", "orderno", "ordernumber", "orderref",
                                              "salesorder"};
const std::vector<std::string_view> kOrderLine = {"lineno", "linenumber", "line", "lineid",
                                                  "externallineid"};

const std::vector<Field> kReceipts = {
    {"receipt", false, {"receiptid", "receiptno", "receiptnumber", "asn", "wro", "grn", "goodsin"}},
    {"line", false, {"lineno", "linenumber", "lineid"}},
    {"sku", true, kSku},
    {"quantity", true, {"qty", "qtyreceived", "quantityreceived", "receivedqty", "units"}},
    {"lot", false, kLot},
    {"expires_on", false, kExpires},
    {"produced_on", false, {"productiondate", "mfgdate", "manufactured", "manufacturingdate"}},
    {"sell_by", false, {"sellbydate"}},
    {"removal_on", false, {"removaldate"}},
    {"batch", false, {"productionbatch"}},
    {"supplier_lot", false, {"supplierlotno", "vendorlot"}},
    {"supplier", false, {"supplierid", "vendor"}},
    {"purchase_order", false, {"ponumber", "po", "purchaseorderno"}},
    {"warehouse", true, kWarehouse},
    {"location", false, kLocation},
    {"status", false, {"stockstatus"}},
    {"rejected", false, {"qtyrejected", "rejectedqty"}},
    {"pack", false, {}},
    {"unit", false, {}},
    {"unit_cost", false, {"cost"}},
    {"currency", false, {}},
    {"received_on", false, {"receiptdate", "datereceived", "receiveddate"}},
    {"at", false, {"receivedat"}},
    {"kind", false, {}},
    {"owner", false, {}},
};

const std::vector<Field> kShipments = {
    {"shipment",
     false,
     {"shipmentid", "shipmentno", "shipmentnumber", "deliverynote", "despatchno"}},
    {"order", true, kOrder},
    {"order_line", false, kOrderLine},
    {"sku", false, kSku},
    {"quantity", true, {"qty", "qtyshipped", "quantityshipped", "shippedqty", "units"}},
    {"lot", false, kLot},
    {"scanned", false, {"lotscanned"}},
    {"carrier", false, {"courier"}},
    {"tracking_number", false, {"tracking", "trackingno", "awb", "consignment"}},
    {"warehouse", true, kWarehouse},
    {"at", false, {"shippedat", "shipdate", "shippedon", "dispatchedat", "despatchdate"}},
    {"owner", false, {}},
};

const std::vector<Field> kReturns = {
    {"return", false, {"returnid", "returnno", "returnnumber", "rma", "rmanumber"}},
    {"order", false, kOrder},
    {"order_line", false, kOrderLine},
    {"sku", false, kSku},
    {"quantity", true, {"qty", "qtyreturned", "quantityreturned", "returnedqty", "units"}},
    {"lot", false, kLot},
    {"scanned", false, {"lotscanned"}},
    {"disposition", false, {}},
    {"warehouse", true, kWarehouse},
    {"at", false, {"returnedat", "returndate", "receivedat", "receivedon"}},
    {"owner", false, {}},
};

const std::vector<Field> kCounts = {
    {"count", false, {"countid", "countno", "stocktake"}},
    {"sku", true, kSku},
    {"lot", true, kLot},
    {"quantity",
     true,
     {"counted", "qty", "qtyonhand", "quantityonhand", "onhand", "countedqty", "qtycounted",
      "units"}},
    {"expires_on", false, kExpires},
    {"status", false, {"stockstatus"}},
    {"warehouse", true, kWarehouse},
    {"location", false, kLocation},
    {"snapshot_at", false, {"asof", "countedat", "snapshot"}},
    {"owner", false, {}},
};

}  // namespace

const std::vector<Field>& fields_of(Kind kind) {
  switch (kind) {
    case Kind::receipts:
      return kReceipts;
    case Kind::shipments:
      return kShipments;
    case Kind::returns:
      return kReturns;
    case Kind::counts:
      return kCounts;
  }
  return kReceipts;
}

const Field* find_field(Kind kind, std::string_view name) {
  for (const Field& field : fields_of(kind)) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::string field_names(Kind kind) {
  std::string all;
  for (const Field& field : fields_of(kind)) {
    if (!all.empty()) all += ", ";
    all += field.name;
  }
  return all;
}

}  // namespace lotbridge::warehouse_files
