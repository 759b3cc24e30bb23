// The settings of a drop: where a connector's files lie, and what counts as a complete one.
//
// They stand under `settings.drop` of a connector in the configuration:
//   {"folder": "/srv/mad1"}                                    a folder of this machine, or
//   {"sftp": {"host","port","user","path","host_key_sha256"}}  a folder of an SFTP server; the key
//   or password are the
//                                                              account's secrets `sftp_key` or
//                                                              `sftp_password`
// and for both: in, out, done, failed (folders below it), settle_seconds, marker, max_bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/status.hpp>

namespace lotbridge::host {

struct SftpSettings {
  std::string host, user, path;  // path: "" is the login's home folder; absolute or below the home
  std::uint16_t port = 22;
  // SHA-256 of the server's public keys as OpenSSH prints it ("SHA256:..."); any one of them is
  // accepted.
  std::vector<std::string> host_keys;
  std::string private_key, password;  // the secrets' values
  std::int64_t timeout_ms = 60'000;
  bool operator==(const SftpSettings&) const = default;
};

struct DropSettings {
  std::string folder;  // empty: sftp
  std::optional<SftpSettings> sftp;
  std::string in = "in", out = "out", done = "done", failed = "failed";
  std::string marker;               // ".done": a file counts when NAME.done stands beside it
  std::int64_t settle_seconds = 0;  // a file counts when it has not changed for so long
  std::uint64_t max_bytes = 64U << 20U;
  bool leave = false;  // files are read and stay where they are; not of the settings
  bool operator==(const DropSettings&) const = default;
};

// The value of one of the account's secrets, by its name in the configuration; nullopt: not
// configured.
using SecretOf = std::function<std::optional<std::string>(std::string_view name)>;

// nullopt where the settings have no `drop`. Problems point into the settings
// ("/drop/sftp/host_key_sha256").
Result<std::optional<DropSettings>> read_drop_settings(std::string_view settings_json,
                                                       const SecretOf& secret);

}  // namespace lotbridge::host
