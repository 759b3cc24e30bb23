#include "translate.hpp"

#include <gmock/gmock.h>
#include <lotbridge/records.hpp>

namespace lotbridge::warehouse_files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kDigest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

Translation read(Kind kind, const std::string& bytes, const std::string& settings = "{}",
                 const std::string& name = "file.csv") {
  const Settings parsed(Json::parse(settings));
  return translate(bytes, name, kDigest, parsed, parsed.feed(kind),
                   *Timestamp::parse("2026-05-18T18:00:00Z"));
}

std::vector<Document> documents(const Translation& result) {
  std::vector<Document> all;
  for (const Output& output : result.outputs) {
    if (const auto* document = std::get_if<Document>(&output.record)) all.push_back(*document);
  }
  return all;
}

// "LINE: why" of each row that was set aside.
std::vector<std::string> parked(const Translation& result) {
  std::vector<std::string> all;
  for (const LineNote& note : result.parked)
    all.push_back(std::to_string(note.line) + ": " + note.text);
  return all;
}

std::vector<std::string> ids(const Translation& result) {
  std::vector<std::string> all;
  for (const Document& document : documents(result)) all.push_back(document.id);
  return all;
}

TEST(Receipts, OneDocumentForEachReceipt) {
  const auto result = read(
      Kind::receipts,
      "receipt_id,warehouse,received_on,supplier,sku,lot,expires_on,produced_on,quantity,location\n"
      "GR-101,MAD1,2026-05-18,dairy-co,GYP-500,L1,2026-05-30,2026-05-16,120,A-01\n"
      "GR-102,MAD1,2026-05-18,dairy-co,KEF-1L,L2,2026-05-29,,60,\n"
      "GR-101,MAD1,2026-05-18,dairy-co,GYP-150,L1,2026-05-30,,1.5,A-02\n");
  ASSERT_THAT(ids(result), ElementsAre("GR-101", "GR-102"));
  const Document first = documents(result)[0];
  const auto& receipt = std::get<Receipt>(first.body);
  EXPECT_EQ(receipt.warehouse, "MAD1");
  EXPECT_EQ(receipt.supplier, "dairy-co");
  EXPECT_EQ(receipt.received_on, Date::parse("2026-05-18"));
  ASSERT_EQ(receipt.lines.size(), 2U);
  EXPECT_EQ(receipt.lines[0].line, "1");
  EXPECT_EQ(receipt.lines[0].expires_on, Date::parse("2026-05-30"));
  EXPECT_EQ(receipt.lines[0].location, "A-01");
  EXPECT_EQ(receipt.lines[1].line, "2");
  EXPECT_EQ(receipt.lines[1].quantity.text(), "1.5");
  EXPECT_FALSE(first.at.has_value());
  EXPECT_EQ(result.rows, 3U);
  EXPECT_FALSE(result.failed());
  // What the daemon's own reader accepts is what counts.
  for (const Document& document : documents(result)) {
    const auto again = read_document(document.type(), write_document(document));
    ASSERT_TRUE(again) << again.problem().detail;
    EXPECT_EQ(write_document(*again), write_document(document));
  }
}

TEST(Receipts, EverythingAWarehouseMaySay) {
  const auto result = read(Kind::receipts,
                           "GRN;Line No;Article;Qty received;Batch No;Production batch;Vendor "
                           "lot;BBD;Mfg date;Sell by;PO number;Status;"
                           "Qty rejected;Cost;Currency;Received at;Site\n"
                           "7;10;A1;12,5;0042;B7;SL9;30.05.2026;16.05.2026;28.05.2026;PO-7;OK;2;0,"
                           "82;EUR;18.05.2026 10:00;MAD1\n",
                           R"({"date_format": "DD.MM.YYYY", "decimal": ",", "utc_offset": "+02:00",
          "feeds": {"receipts": {"values": {"status": {"OK": "available"}}}}})");
  ASSERT_THAT(parked(result), IsEmpty());
  const Document document = documents(result).at(0);
  const auto& receipt = std::get<Receipt>(document.body);
  const ReceiptLine& line = receipt.lines.at(0);
  EXPECT_EQ(document.at, Timestamp::parse("2026-05-18T08:00:00Z"));
  EXPECT_EQ(receipt.purchase_order, "PO-7");
  EXPECT_EQ(line.line, "10");
  EXPECT_EQ(line.quantity.text(), "12.5");
  EXPECT_EQ(line.lot->text, "0042") << "leading zeros stay";
  EXPECT_EQ(line.batch, "B7");
  EXPECT_EQ(line.supplier_lot, "SL9");
  EXPECT_EQ(line.sell_by, Date::parse("2026-05-28"));
  EXPECT_EQ(line.rejected->text(), "2");
  EXPECT_EQ(line.unit_cost->amount_text(), "0.82");
  EXPECT_TRUE(line.status_given);
}

TEST(Receipts, AColumnCalledBatchIsTheLotUnlessThereIsOne) {
  const auto alone = read(Kind::receipts, "sku,qty,batch,warehouse\nA,1,L1,M\n");
  EXPECT_EQ(std::get<Receipt>(documents(alone).at(0).body).lines[0].lot->text, "L1");
  const auto both = read(Kind::receipts, "sku,qty,batch,lot,warehouse\nA,1,B1,L1,M\n");
  EXPECT_EQ(std::get<Receipt>(documents(both).at(0).body).lines[0].lot->text, "L1");
  EXPECT_EQ(std::get<Receipt>(documents(both).at(0).body).lines[0].batch, "B1");
}

TEST(Receipts, WithoutANumberTheFileNamesIt) {
  const std::string text = "sku,quantity,warehouse,purchase_order\nA,1,M,P1\nB,2,M,P1\n";
  EXPECT_THAT(ids(read(Kind::receipts, text)), ElementsAre("file.csv:0123456789ab"));
  EXPECT_THAT(ids(read(Kind::receipts, text + "C,1,M,P2\n")),
              ElementsAre("file.csv:0123456789ab/M/P1", "file.csv:0123456789ab/M/P2"));
}

TEST(Receipts, NumbersThatDoNotTellLinesApartAreCounted) {
  const auto result = read(
      Kind::receipts, "receipt,line,sku,quantity,warehouse\nR,1,A,1,M\nR,1,B,1,M\nR,2,C,1,M\n");
  const auto lines = std::get<Receipt>(documents(result).at(0).body).lines;
  EXPECT_EQ(lines[0].line + lines[1].line + lines[2].line, "123");
}

TEST(Rows, ABadOneIsSetAsideAndTheRestGoesOn) {
  const auto result = read(Kind::receipts,
                           "receipt,sku,quantity,lot,expires_on,warehouse,status\n"
                           "R,A,1,L,2026-05-30,M,\n"
                           "R,,1,L,,M,\n"
                           "R,A,x,L,,M,\n"
                           "R,A,-1,L,,M,\n"
                           "R,A,1,L,2026-02-30,M,\n"
                           "R,A,1,L,,,\n"
                           "R,A,1\n"
                           "R,A,1,L,,M,,surplus\n"
                           "R,A,1,\"L\"x,,M,\n"
                           "R,A,1,L,,M,broken\n"
                           "R,A,1,\"two\nlines\",,M,\n"
                           "R,A,,L,,M,\n"
                           "R,A,2,L2,,M,\n");
  EXPECT_THAT(
      parked(result),
      ElementsAre("3: sku is empty", "4: quantity \"x\" is not a number with the decimal mark .",
                  "5: quantity \"-1\" is below zero",
                  "6: expires_on \"2026-02-30\" is not a date of the form YYYY-MM-DD",
                  "7: warehouse is empty", "8: the row has 3 columns, the header 7",
                  "9: the row has 8 columns, the header 7", "10: text stands after a closing quote",
                  "11: status \"broken\" is none of available, quarantine, damaged",
                  "12: lot holds a line break or a control character", "14: quantity is empty"));
  ASSERT_EQ(documents(result).size(), 1U);
  EXPECT_EQ(std::get<Receipt>(documents(result)[0].body).lines.size(), 2U);
  EXPECT_FALSE(result.failed()) << "what was usable counts";
  const auto& first = std::get<Parked>(result.outputs.at(1).record);
  EXPECT_EQ(first.kind, "receipt/1");
  EXPECT_EQ(first.raw, "R,,1,L,,M,");
  EXPECT_EQ(first.origin, "file.csv:3");
  EXPECT_EQ(first.message, "file.csv:3: sku is empty");
  EXPECT_EQ(first.id, "file.csv:0123456789ab:3");
}

TEST(Rows, LimitsOfNamesHold) {
  const std::string head = "receipt,sku,quantity,lot,warehouse\n";
  EXPECT_THAT(parked(read(Kind::receipts, head + "R,A,1," + std::string(60, 'L') + ",M\n")),
              IsEmpty());
  EXPECT_THAT(parked(read(Kind::receipts, head + "R,A,1," + std::string(61, 'L') + ",M\n")),
              ElementsAre("2: lot is longer than 60 characters"));
  EXPECT_THAT(parked(read(Kind::receipts, head + "R," + std::string(256, 'A') + ",1,L,M\n")),
              ElementsAre("2: sku has more than 255 characters"));
}

TEST(Rows, ThatSayNothingAreIgnored) {
  const auto result = read(Kind::shipments,
                           "order,sku,quantity,warehouse\n"
                           "O1,A,0,M\n"
                           ",,,\n"
                           "\n"
                           "order,sku,quantity,warehouse\n"
                           "TRAILER,1,,\n"
                           "O1,A,2,M\n",
                           R"({"ignore_rows": ["TRAILER"]})");
  EXPECT_THAT(parked(result), IsEmpty());
  EXPECT_EQ(documents(result).size(), 1U);
  EXPECT_EQ(result.ignored, 3U);
}

TEST(Rows, ACodeThatASpreadsheetBrokeIsSaidNotMended) {
  const auto result = read(Kind::receipts, "sku,quantity,lot,warehouse\nA,1,1.23457E+11,M\n");
  ASSERT_EQ(result.warnings.size(), 1U);
  EXPECT_THAT(result.warnings[0].text, HasSubstr("1.23457E+11"));
  EXPECT_EQ(std::get<Receipt>(documents(result).at(0).body).lines[0].lot->text, "1.23457E+11");
}

TEST(Shipments, ALineWithSeveralLotsIsOneLine) {
  const auto result = read(
      Kind::shipments,
      "shipment,order,order_line,sku,quantity,lot,scanned,carrier,tracking_number,warehouse,at\n"
      "S-1,#1001,1,A,2,L1,yes,correos,X1,MAD1,2026-05-18T14:00:00Z\n"
      "S-1,#1001,1,A,1,L2,,correos,X1,MAD1,2026-05-18T14:05:00Z\n"
      "S-1,#1001,1,A,1,L1,yes,correos,X1,MAD1,2026-05-18T14:01:00Z\n"
      "S-1,#1001,1,A,4,,,correos,X1,MAD1,\n"
      "S-1,#1001,2,B,1,,,correos,X1,MAD1,\n");
  ASSERT_THAT(ids(result), ElementsAre("S-1"));
  const Document document = documents(result)[0];
  const auto& dispatch = std::get<Dispatch>(document.body);
  EXPECT_EQ(dispatch.order, "#1001");
  EXPECT_EQ(dispatch.shipment, "S-1");
  EXPECT_EQ(dispatch.tracking_number, "X1");
  EXPECT_EQ(document.at, Timestamp::parse("2026-05-18T14:05:00Z"));
  ASSERT_EQ(dispatch.lines.size(), 3U);
  EXPECT_EQ(dispatch.lines[0].quantity.text(), "4");
  EXPECT_THAT(*dispatch.lines[0].lots,
              ElementsAre(LotQuantity{{"L1"}, Quantity::whole(3), true},
                          LotQuantity{{"L2"}, Quantity::whole(1), std::nullopt}));
  EXPECT_EQ(dispatch.lines[1].quantity.text(), "4");
  EXPECT_FALSE(dispatch.lines[1].lots.has_value()) << "what nobody named is not known";
  EXPECT_FALSE(dispatch.lines[2].lots.has_value());
  EXPECT_TRUE(read_document(DocumentType::dispatch, write_document(document)));
}

TEST(Shipments, IdsComeFromTheDataWhereTheyCan) {
  EXPECT_THAT(
      ids(read(Kind::shipments,
               "order,sku,quantity,tracking,warehouse\nO1,A,1,X1,M\nO1,A,1,X2,M\nO2,A,1,,M\n")),
      ElementsAre("O1/X1", "O1/X2", "file.csv:0123456789ab"));
  const auto several =
      read(Kind::shipments,
           "shipment,order,sku,quantity,tracking,warehouse\nS,O1,A,1,X1,M\nS,O2,A,1,,M\n");
  EXPECT_THAT(ids(several), ElementsAre("S/O1/X1/M", "S/O2/M"));
  EXPECT_FALSE(std::get<Dispatch>(documents(several)[0].body).shipment.has_value())
      << "the number stands for two dispatches, so it names neither";
}

TEST(Shipments, ADayThatIsNotOverEndsNow) {
  const std::string head = "order,sku,quantity,warehouse,ship_date\nO1,A,1,M,";
  EXPECT_EQ(documents(read(Kind::shipments, head + "2026-05-18\n")).at(0).at,
            Timestamp::parse("2026-05-18T18:00:00Z"));
  EXPECT_EQ(documents(read(Kind::shipments, head + "2026-05-17\n")).at(0).at,
            Timestamp::parse("2026-05-17T23:59:59Z"));
}

TEST(Shipments, SumsThatCannotBeAreSetAside) {
  const auto result =
      read(Kind::shipments,
           "order,sku,quantity,warehouse,tracking\nO,A,9000000000000,M,X\nO,A,9000000000000,M,X\n");
  EXPECT_EQ(result.parked.size(), 1U);
  EXPECT_EQ(std::get<Dispatch>(documents(result).at(0).body).lines[0].quantity.text(),
            "9000000000000");
}

TEST(Returns, KeepTheirDispositionAndMayBeBlind) {
  const auto result = read(Kind::returns,
                           "rma,order,sku,qty,lot,disposition,warehouse\n"
                           "RT-1,#1001,A,1,L1,restock,M\n"
                           "RT-1,#1001,A,1,L1,scrap,M\n"
                           "RT-2,,A,1,,,M\n");
  ASSERT_THAT(ids(result), ElementsAre("RT-1", "RT-2"));
  const Document first = documents(result)[0];
  const auto& lines = std::get<Return>(first.body).lines;
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].disposition, ReturnDisposition::restock);
  EXPECT_EQ(lines[1].disposition, ReturnDisposition::scrap);
  const Document second = documents(result)[1];
  EXPECT_FALSE(std::get<Return>(second.body).order.has_value());
  EXPECT_EQ(std::get<Return>(second.body).lines[0].disposition, ReturnDisposition::quarantine);
  EXPECT_TRUE(read_document(DocumentType::return_, write_document(second)));
}

TEST(Counts, OneForEachPlace) {
  const auto result = read(Kind::counts,
                           "sku,lot,qty on hand,warehouse,location,as of,status\n"
                           "A,L1,100,M,A-01,2026-05-18T06:00:00Z,\n"
                           "A,L1,18,M,A-01,2026-05-18T06:00:00Z,\n"
                           "A,L2,0,M,A-01,2026-05-18T06:00:00Z,damaged\n"
                           "A,L1,5,M,A-02,2026-05-18T06:00:00Z,\n"
                           "A,,5,M,A-02,2026-05-18T06:00:00Z,\n");
  EXPECT_THAT(parked(result), ElementsAre("6: lot is empty"));
  const auto all = documents(result);
  ASSERT_EQ(all.size(), 2U);
  const auto& count = std::get<Count>(all[0].body);
  EXPECT_EQ(count.location, "A-01");
  EXPECT_EQ(count.snapshot_at, Timestamp::parse("2026-05-18T06:00:00Z"));
  ASSERT_EQ(count.lines.size(), 2U);
  EXPECT_EQ(count.lines[0].counted.text(), "118") << "two pallets of one lot";
  EXPECT_TRUE(count.lines[1].counted.is_zero()) << "an empty place is a count";
  EXPECT_EQ(count.lines[1].status, StockStatus::damaged);
  EXPECT_TRUE(read_document(DocumentType::count, write_document(all[0])));
}

TEST(Counts, AVeryLongOneIsSplit) {
  std::string text = "count,sku,lot,quantity,warehouse\n";
  for (int i = 0; i < 10'001; ++i) text += "C,A,L" + std::to_string(i) + ",1,M\n";
  const auto result = read(Kind::counts, text);
  EXPECT_THAT(ids(result), ElementsAre("C/M", "C/M/part 2", "C/M/part 3"));
}

TEST(Customers, OneFileMayCarrySeveral) {
  const std::string settings = R"({"owner_column": "Client", "customers": ["ACME", "PF"]})";
  const auto result = read(Kind::receipts,
                           "Client,receipt,sku,quantity,warehouse\n"
                           "ACME,R,A,1,M\nPF,R,A,2,M\nWHO,R,A,3,M\n,R,A,4,M\n",
                           settings);
  const auto all = documents(result);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].owner + all[1].owner, "ACMEPF");
  EXPECT_EQ(all[0].id + all[1].id, "RR") << "each customer has numbers of its own";
  EXPECT_THAT(parked(result), ElementsAre("4: customer code \"WHO\" is not mapped to an owner",
                                          "5: owner is empty"));
}

TEST(Customers, AColumnIsNotTakenForACustomerUnasked) {
  const auto result = read(Kind::receipts, "owner,sku,quantity,warehouse\nJane Doe,A,1,M\n");
  EXPECT_EQ(documents(result).at(0).owner, "");
}

TEST(Header, StandsAnywhereInTheFirstRows) {
  std::string text =
      "\xEF\xBB\xBF"
      "Goods-in report;;\r\nprinted \"18\";;\r\n\r\n;;\r\n";
  text += "SKU;QTY;Warehouse\r\nA;1;M\r\n";
  EXPECT_EQ(documents(read(Kind::receipts, text)).size(), 1U);
  EXPECT_EQ(read(Kind::receipts, text).rows, 1U);
  std::string late;
  for (int i = 0; i < 20; ++i) late += "x,y\n";
  EXPECT_THAT(read(Kind::receipts, late + "sku,qty,warehouse\nA,1,M\n").failure,
              HasSubstr("no header in the first 20"));
}

TEST(Header, ColumnsMayMoveAndBeRenamed) {
  const auto result =
      read(Kind::receipts, "Ort|Menge|Charge|Artikel\nM|1|L|A\n",
           R"({"feeds": {"receipts": {"columns": {"warehouse": "ort", "quantity": "Menge",
                               "lot": "Charge", "sku": "Artikel"}}}})");
  ASSERT_EQ(documents(result).size(), 1U);
  EXPECT_EQ(std::get<Receipt>(documents(result)[0].body).lines[0].lot->text, "L");
}

TEST(Header, WhatIsMissingOrDoubledIsSaid) {
  EXPECT_EQ(read(Kind::receipts, "sku,lot\nA,L\n").failure,
            "there is no header in the first 20 rows; the nearest row lacks columns for "
            "\"quantity\", \"warehouse\"");
  EXPECT_THAT(read(Kind::receipts, "sku,qty,lot\n",
                   R"({"feeds": {"receipts": {"columns": {"lot": "Charge"}}}})")
                  .failure,
              HasSubstr("\"Charge\""));
  EXPECT_EQ(read(Kind::receipts, "sku,qty,warehouse,Qty\nA,1,M,2\n").failure,
            "the header has the column \"qty\" twice");
  EXPECT_EQ(read(Kind::receipts, "sku,qty,warehouse,note,note\nA,1,M,,\n").failure, "");
  EXPECT_THAT(read(Kind::shipments, "order,quantity,warehouse\n").failure, HasSubstr("sku"));
  EXPECT_EQ(read(Kind::receipts, "sku,qty\nA,1\n", R"({"defaults": {"warehouse": "M"}})").failure,
            "");
  EXPECT_THAT(read(Kind::receipts, "").failure, HasSubstr("no header"));
  EXPECT_TRUE(read(Kind::receipts, "").failed());
}

TEST(Encodings, AreCheckedNotGuessed) {
  const std::string latin = "sku,qty,warehouse,supplier\nA,1,M,K\xE4se\nB,1,M,\x80uro\n";
  const auto refused = read(Kind::receipts, latin);
  EXPECT_THAT(refused.failure, HasSubstr("line 2 is not UTF-8"));
  EXPECT_THAT(refused.failure, HasSubstr("encoding"));
  const auto taken = read(Kind::receipts, latin, R"({"encoding": "windows-1252"})");
  EXPECT_EQ(std::get<Receipt>(documents(taken).at(0).body).supplier, "K\xC3\xA4se");
  EXPECT_EQ(std::get<Receipt>(documents(taken).at(1).body).supplier, "\xE2\x82\xACuro");
  EXPECT_THAT(read(Kind::receipts, "\xFF\xFEs\0k\0u\0").failure, HasSubstr("UTF-16"));
  EXPECT_THAT(read(Kind::receipts, std::string("sku\0,qty", 8)).failure, HasSubstr("NUL"));
  EXPECT_THAT(read(Kind::receipts, "PK\x03\x04 a spreadsheet").failure, HasSubstr("spreadsheet"));
}

TEST(WholeFile, IsSetAsideOnceWhenNoRowIsUsable) {
  std::string text = "sku,quantity,warehouse,expires_on\n";
  for (int i = 0; i < 19; ++i) text += "A,1,M,30/05/2026\n";
  EXPECT_EQ(read(Kind::receipts, text).outputs.size(), 19U);
  EXPECT_TRUE(read(Kind::receipts, text).failed());
  const auto result = read(Kind::receipts, text + "A,1,M,30/05/2026\n");
  EXPECT_EQ(result.outputs.size(), 1U);
  EXPECT_EQ(result.parked.size(), 20U) << "the report still names each";
  EXPECT_THAT(result.failure, HasSubstr("none of its 20 rows"));
}

TEST(WholeFile, GivesTheSameTwice) {
  const std::string text =
      "shipment,order,sku,quantity,warehouse\nS2,O,A,1,M\nS1,O,B,x,M\nS2,O,B,1,M\nS1,O,C,1,M\n";
  const auto one = read(Kind::shipments, text);
  const auto two = read(Kind::shipments, text);
  EXPECT_EQ(documents(one), documents(two));
  std::vector<std::size_t> lines;
  for (const Output& output : one.outputs) lines.push_back(output.line);
  EXPECT_THAT(lines, ElementsAre(2, 3, 5));
}

}  // namespace
}  // namespace lotbridge::warehouse_files
