// Names that rows of one answer repeat: orders, their lines, documents, lots. Looked up once each.
#pragma once

#include <map>
#include <string>

#include "daemon/api/reads_common.hpp"
#include "daemon/store/reader_documents.hpp"

namespace lotbridge::api {

class Names {
 public:
  explicit Names(store::Reader& reader) : reader_(reader) {}

  struct OrderName {
    std::string id, uid;
    std::optional<std::string> number, channel;
    std::vector<store::OrderLineName> lines;
    std::string line(core::LineIndex) const;  // "" where it has none
  };
  const OrderName& order(core::OrderId);
  struct DocumentName {
    std::string type, source, id, uid;
    DocumentType kind = DocumentType::item;
    std::int64_t void_of = 0;
    std::string body;
  };
  const DocumentName& document(std::int64_t row);  // 0: all empty
  const store::SkuLot& lot(core::SkuId, core::LotId);

  // {"account","warehouse","location","status","order","order_line"}
  void write_account(JsonWriter&, const core::Account&);
  // {"type","source","id","uid"} or null
  void write_document(JsonWriter&, std::int64_t row);

 private:
  store::Reader& reader_;
  std::map<core::OrderId, OrderName> orders_;
  std::map<std::int64_t, DocumentName> documents_;
  std::map<std::pair<core::SkuId, core::LotId>, store::SkuLot> lots_;
};

}  // namespace lotbridge::api
