#include "pull.hpp"

#include "drop.hpp"
#include "report.hpp"
#include "translate.hpp"

namespace lotbridge::warehouse_files {
namespace {

constexpr std::size_t kRecordsPerCheckpoint = 500;
constexpr int kFailuresMax = 3;  // so many files that can't be read: it is the place, not the files

// How far an earlier run came.
struct Place {
  std::string name, sha256, folder;
  std::size_t row = 0;

  bool is_of(const FileName& file) const { return name == file.name && sha256 == file.sha256; }
  JsonText json() const {
    JsonText where;
    if (!folder.empty()) where = JsonText(folder);
    return json_object({{"name", name},
                        {"sha256", sha256},
                        {"row", static_cast<unsigned long>(row)},
                        {"folder", where}});
  }
};

Place read_cursor(const Json& cursor) {
  Place place;
  if (!cursor) return place;
  place.name = cursor["name"].text_or("");
  place.sha256 = cursor["sha256"].text_or("");
  place.folder = cursor["folder"].text_or("");
  place.row = static_cast<std::size_t>(cursor["row"].integer_or(0));
  return place;
}

class Puller {
 public:
  Puller(Call& call, const Settings& settings, const Feed& feed, Place begun)
      : call_(call), settings_(settings), feed_(feed), begun_(std::move(begun)), drop_(call) {}

  void run() {
    for (const std::string& name : drop_.list()) {
      if (settings_.feed_of(name) != &feed_) continue;
      if (call_.cancelled()) throw Failure(LB_CANCELLED, "stopped between two files");
      if (failures_ == kFailuresMax) break;
      take(name);
    }
    // A file of that name that comes after its predecessor was moved is a new one, whatever it
    // holds.
    if (!begun_.name.empty()) call_.checkpoint(JsonText());
    call_.must(unreadable_, "files.read");
  }

 private:
  void take(const std::string& name) {
    FileContent content;
    switch (drop_.read(name, content)) {
      case FileDrop::Found::gone:
        return;
      case FileDrop::Found::unreadable:
        return skip(name);
      case FileDrop::Found::too_large:
        return refuse_large(name);
      case FileDrop::Found::yes:
        break;
    }
    const FileName file{name, content.sha256};
    const Timestamp now = call_.now();
    const Translation result =
        translate(content.bytes, name, content.sha256, settings_, feed_, now);
    hand_over(file, result, now);
  }

  // One file that nobody may read does not hold up the others; the operation still ends with what
  // it said.
  void skip(const std::string& name) {
    ++failures_;
    unreadable_ = drop_.status();
    call_.log(Call::Level::error, name + " can't be read now");
  }

  void hand_over(const FileName& file, const Translation& result, Timestamp now) {
    const bool begun = begun_.is_of(file);
    if (!begun) begun_ = {file.name, file.sha256, "", 0};
    if (begun_.folder.empty()) {
      emit_from(result, begun ? begun_.row : 0);
      begun_.folder = result.failed() ? "failed" : "done";
      call_.checkpoint(begun_.json());
    }
    drop_.finish(file.name, begun_.folder == "failed", report_text(file, feed_, result, now),
                 report_json(file, feed_, result, now));
    call_.log(result.parked.empty() ? Call::Level::info : Call::Level::warning,
              file.name + ": " + std::to_string(result.documents) + " documents, " +
                  std::to_string(result.parked.size()) + " set aside");
  }

  void emit_from(const Translation& result, std::size_t row) {
    std::size_t since = 0;
    for (const Output& output : result.outputs) {
      if (output.line < row) continue;
      if (since == kRecordsPerCheckpoint) {
        begun_.row = output.line;
        call_.checkpoint(begun_.json());
        since = 0;
        if (call_.cancelled()) throw Failure(LB_CANCELLED, "stopped in the middle of a file");
      }
      if (const auto* document = std::get_if<Document>(&output.record)) {
        call_.emit(*document);
      } else {
        call_.emit_parked(std::get<Parked>(output.record));
      }
      ++since;
    }
  }

  // Nobody read it, so it has no digest and no rows.
  void refuse_large(const std::string& name) {
    Translation result;
    result.failure = "the file is larger than the drop's max_bytes";
    result.parked.push_back({0, result.failure});
    Parked parked;
    parked.kind = record_name(feed_.kind);
    parked.raw = name;
    parked.message = name + ": " + result.failure;
    parked.id = name;
    parked.origin = name;
    result.outputs.push_back({0, std::move(parked)});
    hand_over({name, "unread"}, result, call_.now());
  }

  Call& call_;
  const Settings& settings_;
  const Feed& feed_;
  Place begun_;
  FileDrop drop_;
  lb_status unreadable_ = LB_OK;
  int failures_ = 0;
};

}  // namespace

void pull_files(Call& call, const Pull& pull, const Settings& settings, Kind kind) {
  Puller(call, settings, settings.feed(kind), read_cursor(pull.cursor)).run();
}

}  // namespace lotbridge::warehouse_files
