#include "daemon/host/files_settings.hpp"

#include <simdjson.h>

#include <array>

namespace lotbridge::host {
namespace {

using Element = simdjson::dom::element;

Problem wrong(const std::string& pointer, const std::string& detail) {
  return {"invalid_value", "The drop's settings are not right: " + detail, {{pointer, detail}}};
}

// Reads members of one object and remembers the first that is wrong.
class Reader {
 public:
  Reader(Element object, std::string at) : object_(object), at_(std::move(at)) {}

  bool has(const char* key) const {
    Element value;
    return object_[key].get(value) == simdjson::SUCCESS && !value.is_null();
  }
  std::string text(const char* key, std::string otherwise) {
    if (!has(key)) return otherwise;
    std::string_view value;
    if (object_[key].get(value) == simdjson::SUCCESS) return std::string(value);
    fail(key, "must be text");
    return otherwise;
  }
  std::uint64_t number(const char* key, std::uint64_t otherwise, std::uint64_t least,
                       std::uint64_t most) {
    if (!has(key)) return otherwise;
    std::uint64_t value = 0;
    if (object_[key].get(value) == simdjson::SUCCESS && value >= least && value <= most)
      return value;
    fail(key, "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    return otherwise;
  }
  void only(std::initializer_list<std::string_view> known) {
    simdjson::dom::object members;
    if (object_.get(members) != simdjson::SUCCESS) return fail("", "must be an object");
    for (const auto& [key, value] : members) {
      bool found = false;
      for (const std::string_view one : known) found = found || one == key;
      if (!found) fail(std::string(key).c_str(), "is not a setting");
    }
  }
  void fail(const char* key, const std::string& detail) {
    if (refused) return;
    const std::string place = *key == '\0' ? at_ : at_ + "/" + key;
    refused = wrong(place, (*key == '\0' ? "it " : std::string(key) + " ") + detail);
  }
  Element member(const char* key) const { return object_[key].value_unsafe(); }

  Refused refused;

 private:
  Element object_;
  std::string at_;
};

bool inside(std::string_view folder) {
  if (folder.starts_with('/') || folder.find('\\') != std::string_view::npos) return false;
  while (!folder.empty()) {
    const std::size_t slash = folder.find('/');
    if (folder.substr(0, slash) == "..") return false;
    if (slash == std::string_view::npos) break;
    folder.remove_prefix(slash + 1);
  }
  return true;
}

std::vector<std::string> host_keys(Reader& reader) {
  std::vector<std::string> keys;
  if (!reader.has("host_key_sha256")) {
    reader.fail("host_key_sha256",
                "must name the server's key: ssh-keyscan HOST | ssh-keygen -lf - shows it");
    return keys;
  }
  const Element value = reader.member("host_key_sha256");
  simdjson::dom::array list;
  std::string_view one;
  if (value.get(list) == simdjson::SUCCESS) {
    for (const Element each : list) {
      if (each.get(one) == simdjson::SUCCESS) keys.emplace_back(one);
    }
  } else if (value.get(one) == simdjson::SUCCESS) {
    keys.emplace_back(one);
  }
  for (std::string& key : keys) {
    if (key.starts_with("SHA256:")) key.erase(0, 7);
    while (key.ends_with('=')) key.pop_back();
    if (key.size() != 43)
      reader.fail("host_key_sha256", "must look like SHA256: and 43 characters");
  }
  if (keys.empty()) reader.fail("host_key_sha256", "must be text or a list of texts");
  return keys;
}

Result<SftpSettings> read_sftp(Element object, const SecretOf& secret) {
  Reader reader(object, "/drop/sftp");
  reader.only({"host", "port", "user", "path", "host_key_sha256", "timeout_seconds"});
  SftpSettings sftp;
  sftp.host = reader.text("host", "");
  sftp.user = reader.text("user", "");
  sftp.path = reader.text("path", "");
  sftp.port = static_cast<std::uint16_t>(reader.number("port", 22, 1, 65535));
  sftp.timeout_ms = static_cast<std::int64_t>(reader.number("timeout_seconds", 60, 1, 3600)) * 1000;
  sftp.host_keys = host_keys(reader);
  if (sftp.host.empty() || sftp.host.find_first_of("/@:? #") != std::string::npos) {
    reader.fail("host", "must be a host name");
  }
  if (sftp.user.empty()) reader.fail("user", "must be set");
  sftp.private_key = secret ? secret("sftp_key").value_or("") : "";
  sftp.password = secret ? secret("sftp_password").value_or("") : "";
  if (sftp.private_key.empty() && sftp.password.empty()) {
    reader.fail("", "needs one of the secrets sftp_key (a private key) and sftp_password");
  }
  if (reader.refused) return *reader.refused;
  return sftp;
}

Result<std::optional<DropSettings>> read_drop(Element object, const SecretOf& secret) {
  Reader reader(object, "/drop");
  reader.only(
      {"folder", "sftp", "in", "out", "done", "failed", "settle_seconds", "marker", "max_bytes"});
  DropSettings drop;
  drop.folder = reader.text("folder", "");
  for (const auto& [key, folder] :
       {std::pair{"in", &drop.in}, std::pair{"out", &drop.out}, std::pair{"done", &drop.done},
        std::pair{"failed", &drop.failed}}) {
    *folder = reader.text(key, *folder);
    if (!inside(*folder)) reader.fail(key, "must be a folder below the drop's own");
  }
  if (drop.in == drop.done || drop.in == drop.failed || drop.in == drop.out) {
    reader.fail("in", "must be a folder of its own");
  }
  drop.settle_seconds = static_cast<std::int64_t>(reader.number("settle_seconds", 0, 0, 86'400));
  drop.marker = reader.text("marker", "");
  if (!drop.marker.empty() &&
      (drop.marker[0] != '.' || drop.marker.find('/') != std::string::npos)) {
    reader.fail("marker", "must be an ending such as .done");
  }
  drop.max_bytes = reader.number("max_bytes", drop.max_bytes, 1, 1U << 30U);
  if (drop.folder.empty() == !reader.has("sftp")) reader.fail("", "needs either folder or sftp");
  if (reader.refused) return *reader.refused;
  if (reader.has("sftp")) {
    Result<SftpSettings> sftp = read_sftp(reader.member("sftp"), secret);
    if (!sftp) return sftp.problem();
    drop.sftp = *std::move(sftp);
  }
  return std::optional<DropSettings>(std::move(drop));
}

}  // namespace

Result<std::optional<DropSettings>> read_drop_settings(std::string_view settings_json,
                                                       const SecretOf& secret) {
  simdjson::dom::parser parser;
  Element settings;
  const simdjson::padded_string text(settings_json);
  if (settings_json.empty()) return std::optional<DropSettings>();
  if (parser.parse(text).get(settings) != simdjson::SUCCESS || !settings.is_object()) {
    return wrong("", "the settings are not a JSON object");
  }
  Element drop;
  if (settings["drop"].get(drop) != simdjson::SUCCESS || drop.is_null()) {
    return std::optional<DropSettings>();
  }
  return read_drop(drop, secret);
}

}  // namespace lotbridge::host
