#include "daemon/api/posts_bodies.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "sdk/records/fields.hpp"

namespace lotbridge::api {
namespace {

struct Wanted {
  std::string_view key;
  bool number = false;
  bool required = true;
  bool boolean = false;
};

class FlatBody {
 public:
  FlatBody(std::string_view json, std::vector<Wanted> wanted) : wanted_(std::move(wanted)) {
    records::Text text(reader_, json);
    records::Value root;
    simdjson::ondemand::object object;
    if (text.root(reader_, root) && reader_.object(root, object)) {
      records::each_member(reader_, object, [this](std::string_view key, records::Value& value) {
        take(key, value);
      });
      if (!reader_.dead()) text.finish(reader_);
    }
    for (const Wanted& want : wanted_) {
      if (reader_.dead() || !want.required || members_.contains(want.key)) continue;
      reader_.fault_at(want.key, "Is required.");
    }
  }

  const std::string* find(std::string_view key) const {
    const auto found = members_.find(key);
    return found == members_.end() ? nullptr : &found->second;
  }
  void fault(std::string_view key, std::string_view detail) { reader_.fault_at(key, detail); }
  bool faultless() const { return reader_.faultless(); }
  Problem problem() { return reader_.problem(); }

 private:
  void take(std::string_view key, records::Value& value) {
    for (const Wanted& want : wanted_) {
      if (want.key != key) continue;
      const records::Reader::Step step(reader_, want.key);
      std::string_view out;
      if (reader_.is_null(value)) return;
      bool flag = false;
      if (want.boolean) {
        if (reader_.boolean(value, flag))
          members_.emplace(std::string(key), flag ? "true" : "false");
        return;
      }
      if (want.number ? !reader_.number(value, out) : !reader_.text(value, out)) return;
      if (!members_.emplace(std::string(key), std::string(out)).second) {
        reader_.fault("This key stands here twice.");
      }
      return;
    }
    records::refuse_member(reader_, key, value);
  }

  ReadLimits limits_;
  records::Reader reader_{limits_};
  std::vector<Wanted> wanted_;
  std::map<std::string, std::string, std::less<>> members_;
};

}  // namespace

Result<core::Substitute> read_substitute(std::string_view json) {
  FlatBody body(json, {{.key = "line"},
                       {.key = "lot"},
                       {.key = "new_lot"},
                       {.key = "quantity", .number = true},
                       {.key = "reason", .required = false}});
  core::Substitute out;
  if (const auto* line = body.find("line")) out.line = *line;
  if (const auto* reason = body.find("reason")) out.reason = *reason;
  const auto lot = [&body](std::string_view key, LotCode& to) {
    const auto* text = body.find(key);
    if (text == nullptr) return;
    if (auto code = LotCode::parse(*text)) {
      to = std::move(*code);
    } else {
      body.fault(key, "Is no lot code: 1 to 60 characters without control characters.");
    }
  };
  lot("lot", out.lot);
  lot("new_lot", out.new_lot);
  if (const auto* quantity = body.find("quantity")) {
    const auto parsed = Quantity::parse(*quantity);
    if (parsed && parsed->is_positive()) {
      out.quantity = *parsed;
    } else {
      body.fault("quantity", "Must be a positive number with at most 6 decimals.");
    }
  }
  if (!body.faultless()) return body.problem();
  return out;
}

Result<std::string> read_note(std::string_view json) {
  if (json.empty()) return std::string();
  FlatBody body(json, {{.key = "note", .required = false}});
  if (!body.faultless()) return body.problem();
  const auto* note = body.find("note");
  return note == nullptr ? std::string() : *note;
}

Result<engine::Engine::RecallResponse> read_recall_response(std::string_view json) {
  FlatBody body(json, {{.key = "order"},
                       {.key = "acknowledged", .required = false, .boolean = true},
                       {.key = "contact", .required = false},
                       {.key = "note", .required = false}});
  if (!body.faultless()) return body.problem();
  engine::Engine::RecallResponse out;
  const auto text = [&body](std::string_view key) {
    const auto* found = body.find(key);
    return found == nullptr ? std::string() : *found;
  };
  out.order = text("order");
  out.acknowledged = text("acknowledged") != "false";
  out.contact = text("contact");
  out.note = text("note");
  return out;
}

Result<RecallEnd> read_recall_end(std::string_view json) {
  FlatBody body(json, {{.key = "disposition"}, {.key = "evidence", .required = false}});
  if (!body.faultless()) return body.problem();
  RecallEnd out;
  out.disposition = *body.find("disposition");
  if (const auto* evidence = body.find("evidence")) out.evidence = *evidence;
  return out;
}

Result<std::string> read_reason(std::string_view json) {
  FlatBody body(json, {{.key = "reason"}});
  const std::string* reason = body.find("reason");
  if (reason != nullptr && reason->empty()) body.fault("reason", "Must say something.");
  if (!body.faultless()) return body.problem();
  return *reason;
}

Result<Timestamp> read_now(std::string_view json) {
  FlatBody body(json, {{.key = "now"}});
  const auto* text = body.find("now");
  const auto now = text == nullptr ? std::nullopt : Timestamp::parse(*text);
  if (text != nullptr && !now) body.fault("now", "Must be a time like 2026-03-10T12:00:00Z.");
  if (!body.faultless()) return body.problem();
  return *now;
}

Result<std::string> read_backup_name(std::string_view json) {
  FlatBody body(json, {{.key = "name"}});
  const auto* name = body.find("name");
  if (name != nullptr) {
    const bool plain = std::all_of(name->begin(), name->end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_' || c == '.';
    });
    if (!plain || name->empty() || name->front() == '.' || name->size() > 100) {
      body.fault("name", "Must be a file name: 1 to 100 of letters, digits, `-`, `_`, `.`.");
    }
  }
  if (!body.faultless()) return body.problem();
  return *name;
}

}  // namespace lotbridge::api
