// Pages, a cursor that survives, and a bad record that holds up no other.
#include <lotbridge/sdk.hpp>

#include "paged.descriptor.hpp"

namespace lb = lotbridge;

class Paged final : public lb::Erp {
 public:
  explicit Paged(const lb::Json& settings)
      : base_("https://" + settings["account"].text() + ".example") {}

  void check_account(lb::Call& call) override {
    call.http({.url = base_ + "/account", .secret = "token"}).json();
  }

  void pull_products(lb::Call& call, const lb::Pull& pull) override {
    all_pages(call, pull, "products", "item/1", [](const lb::Json& row) {
      lb::Item item;
      item.sku = row["id"].text();
      item.name = row["name"].text();
      item.given = {"name"};
      return document(row, item);
    });
  }

  void pull_receipts(lb::Call& call, const lb::Pull& pull) override {
    all_pages(call, pull, "receipts", "receipt/1", [](const lb::Json& row) {
      lb::Receipt receipt;
      receipt.warehouse = row["warehouse"].text();
      receipt.lines.emplace_back();
      lb::ReceiptLine& line = receipt.lines.back();
      line.line = "1";
      line.sku = row["sku"].text();
      line.lot = lb::LotCode::parse(row["lot"].text());
      line.quantity = row["quantity"].quantity();
      line.expires_on = row["expires_on"].date();
      return document(row, receipt);
    });
  }

 private:
  template <typename Translate>
  void all_pages(lb::Call& call, const lb::Pull& pull, const std::string& what, const char* kind,
                 Translate translate) {
    std::string page = pull.cursor ? page_of(pull.cursor) : "1";
    for (;;) {
      const auto answer = call.http({.url = base_ + "/" + what + "?page=" + lb::url_encoded(page),
                                     .secret = "token"})
                              .json();
      // each() parks a row that can't be translated, with its place, and goes on.
      call.each(answer["rows"], kind, [&](const lb::Json& row) { call.emit(translate(row)); });
      const std::string next = answer["next"].text_or("");
      if (next.empty()) return;  // the good end stores what was emitted last
      if (next == page) throw lb::Failure(LB_RETRY, "the platform sends the same page again");
      // From here on a run that dies begins with the next page.
      call.checkpoint(lb::json_object({{"v", 1}, {"page", next}}));
      page = next;
    }
  }

  static std::string page_of(const lb::Json& cursor) {
    if (!cursor.is_object() || cursor["v"].integer_or(0) != 1)
      throw lb::Failure(LB_CONFIG, "the cursor is of another version", "/cursor");
    return cursor["page"].text();
  }

  template <typename Body>
  static lb::Document document(const lb::Json& row, const Body& body) {
    lb::Document out;
    out.id = row["id"].text();
    out.body = body;
    return out;
  }

  std::string base_;
};

LOTBRIDGE_CONNECTOR(Paged, kPagedDescriptor)
