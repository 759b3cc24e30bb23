// Files: the host knows the folder or the SFTP server; the connector sees names and bytes.
#include <lotbridge/files.h>
#include <lotbridge/sdk.hpp>

#include "sftp.descriptor.hpp"

namespace lb = lotbridge;

namespace {
std::string text_of(lb_bytes bytes) {
  return bytes.len == 0 ? "" : std::string(bytes.data, bytes.len);
}
lb_bytes bytes_of(const std::string& text) { return {text.data(), text.size()}; }
}  // namespace

class Sftp final : public lb::Carrier {
 public:
  explicit Sftp(const lb::Json&) {}

  void check_account(lb::Call& call) override {
    call.result(lb::json_object({{"account", std::to_string(names(call).size()) + " files wait"}}));
  }

  // One file, one checkpoint, then the file is moved away: a run that dies in between reads a file
  // twice at worst, and the daemon drops what it has.
  void pull_dispatches(lb::Call& call, const lb::Pull&) override {
    for (const std::string& name : names(call)) {
      lb_file_content content{};
      call.must(drop(call)->read(drop(call), call.handle(), bytes_of(name), &content), "read");
      emit_rows(call, name, text_of(content.bytes));
      call.checkpoint(lb::JsonText());
      call.must(drop(call)->finish(drop(call), call.handle(), bytes_of(name), {"done", 4},
                                   {"taken", 5}, {"{}", 2}),
                "finish");
    }
  }

 private:
  // S-1;1001;GYP-500;2
  static void emit_rows(lb::Call& call, const std::string& name, const std::string& text) {
    for (std::size_t from = 0, line = 1; from < text.size(); ++line) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      const std::string row = text.substr(from, end - from);
      from = end + 1;
      call.guarded({"dispatch/1", row, "", "", "", "", name + ":" + std::to_string(line)}, [&] {
        const auto a = row.find(';'), b = row.find(';', a + 1), c = row.find(';', b + 1);
        const auto units =
            c == std::string::npos ? std::nullopt : lb::Quantity::parse(row.substr(c + 1));
        if (!units) throw lb::Failure(LB_BAD_RECORD, "a row is SHIPMENT;ORDER;SKU;UNITS");
        lb::Dispatch dispatch;
        dispatch.order = row.substr(a + 1, b - a - 1);
        dispatch.lines.emplace_back();
        dispatch.lines.back().sku = row.substr(b + 1, c - b - 1);
        dispatch.lines.back().quantity = *units;
        lb::Document document;
        document.id = row.substr(0, a);
        document.body = dispatch;
        call.emit(document);
      });
    }
  }

  static const lb_files* drop(lb::Call& call) {
    const auto* table = static_cast<const lb_files*>(call.extension(LB_FILES_ID));
    if (table == nullptr) throw lb::Failure(LB_CONFIG, "the settings name no place", "/drop");
    return table;
  }

  static std::vector<std::string> names(lb::Call& call) {
    const lb_file* first = nullptr;
    std::size_t count = 0, stride = 0;
    call.must(drop(call)->list(drop(call), call.handle(), &first, &count, &stride), "list");
    std::vector<std::string> out;
    for (std::size_t n = 0; n < count; ++n)
      out.push_back(text_of(
          reinterpret_cast<const lb_file*>(reinterpret_cast<const char*>(first) + n * stride)
              ->name));
    return out;
  }
};

LOTBRIDGE_CONNECTOR(Sftp, kSftpDescriptor)
