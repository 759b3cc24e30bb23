#include <curl/curl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <mutex>

#include "daemon/host/files_listing.hpp"
#include "daemon/host/files_place.hpp"

namespace lotbridge::host {
namespace {

// libcurl wants the private key as a file. One that lives in memory only never reaches a disk.
class KeyFile {
 public:
  explicit KeyFile(const std::string& key) {
    if (key.empty()) return;
    fd_ = ::memfd_create("key", MFD_CLOEXEC);
    // OpenSSH's format must end with a line end, which a secret's reader may have trimmed.
    const std::string text = key.ends_with('\n') ? key : key + "\n";
    std::string_view rest = text;
    while (fd_ >= 0 && !rest.empty()) {
      const ssize_t wrote = ::write(fd_, rest.data(), rest.size());
      if (wrote <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(wrote));
    }
    path_ = "/proc/self/fd/" + std::to_string(fd_);
  }
  ~KeyFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  int fd_ = -1;
  std::string path_;
};

std::string fingerprint(const char* key, std::size_t length) {
  std::array<unsigned char, 32> digest{};
  std::array<unsigned char, 64> text{};
  unsigned size = 0;
  EVP_Digest(key, length, digest.data(), &size, EVP_sha256(), nullptr);
  const int written = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  std::string out(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(written));
  while (out.ends_with('=')) out.pop_back();
  return out;
}

// As the commands of libcurl's QUOTE list want a path with spaces or quotes.
std::string quoted(const std::string& path) {
  std::string out = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string escaped_path(const std::string& path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::strchr("/-_.~", c) != nullptr) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

struct Sink {
  std::string* to = nullptr;
  std::uint64_t max = 0;
  bool too_much = false;
};

std::size_t take_bytes(char* data, std::size_t size, std::size_t count, void* user) {
  Sink& sink = *static_cast<Sink*>(user);
  const std::size_t length = size * count;
  if (sink.to == nullptr) return length;
  if (sink.to->size() + length > sink.max) {
    sink.too_much = true;
    return 0;
  }
  sink.to->append(data, length);
  return length;
}

std::size_t give_bytes(char* data, std::size_t size, std::size_t count, void* user) {
  auto& rest = *static_cast<std::string_view*>(user);
  const std::size_t length = std::min(size * count, rest.size());
  std::memcpy(data, rest.data(), length);
  rest.remove_prefix(length);
  return length;
}

class Strings {  // a curl_slist that frees itself
 public:
  explicit Strings(const std::vector<std::string>& items) {
    for (const std::string& item : items) list_ = curl_slist_append(list_, item.c_str());
  }
  ~Strings() { curl_slist_free_all(list_); }
  Strings(const Strings&) = delete;
  Strings& operator=(const Strings&) = delete;
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

class SftpPlace final : public Place {
 public:
  explicit SftpPlace(SftpSettings settings)
      : settings_(std::move(settings)), key_(settings_.private_key), curl_(curl_easy_init()) {}
  ~SftpPlace() override { curl_easy_cleanup(curl_); }
  SftpPlace(const SftpPlace&) = delete;
  SftpPlace& operator=(const SftpPlace&) = delete;

  FileRefused list(const std::string& folder, std::vector<PlacedFile>& files) override {
    std::string text;
    Sink sink{&text, 64U << 20U};
    const std::lock_guard lock(mutex_);
    const FileRefused refused = run("cannot list " + shown(folder),
                                    [&] { prepare(folder.empty() ? "" : folder + "/", sink); });
    if (!refused) files = read_listing(text);
    return refused;
  }

  FileRefused read(const std::string& path, std::uint64_t max_bytes,
                   std::string& content) override {
    Sink sink{&content, max_bytes};
    const std::lock_guard lock(mutex_);
    const FileRefused refused = run("cannot read " + shown(path), [&] {
      content.clear();
      prepare(path, sink);
    });
    if (!sink.too_much) return refused;
    return FileFault{LB_BAD_RECORD,
                     "the file is larger than " + std::to_string(max_bytes) + " bytes"};
  }

  FileRefused write(const std::string& path, std::string_view content) override {
    const std::size_t slash = path.rfind('/') + 1;  // 0 where there is none
    const std::string temporary = path.substr(0, slash) + "." + path.substr(slash) + ".tmp";
    // Version 3 of the protocol does not rename onto a file that exists.
    const Strings after({"*rm " + quoted(remote(path)),
                         "rename " + quoted(remote(temporary)) + " " + quoted(remote(path))});
    const std::lock_guard lock(mutex_);
    Sink sink;
    std::string_view rest;
    return run("cannot write " + shown(path), [&] {
      rest = content;
      prepare(temporary, sink);
      curl_easy_setopt(curl_, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(curl_, CURLOPT_READFUNCTION, give_bytes);
      curl_easy_setopt(curl_, CURLOPT_READDATA, &rest);
      curl_easy_setopt(curl_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(content.size()));
      curl_easy_setopt(curl_, CURLOPT_POSTQUOTE, after.get());
    });
  }

  FileRefused exists(const std::string& path, bool& found) override {
    Sink sink;
    const std::lock_guard lock(mutex_);
    const FileRefused refused = run("cannot look at " + shown(path), [&] {
      prepare(path, sink);
      curl_easy_setopt(curl_, CURLOPT_RANGE, "0-0");  // the first byte tells enough
    });
    // An empty file has no first byte: libcurl says so only after it was opened.
    found = !refused || last_ == CURLE_BAD_DOWNLOAD_RESUME || last_ == CURLE_RANGE_ERROR;
    if (found || last_ == CURLE_REMOTE_FILE_NOT_FOUND) return {};
    return refused;
  }

  FileRefused rename(const std::string& from, const std::string& to) override {
    return command("cannot move " + shown(from) + " to " + shown(to),
                   {"rename " + quoted(remote(from)) + " " + quoted(remote(to))});
  }
  FileRefused remove(const std::string& path) override {
    return command("cannot remove " + shown(path), {"*rm " + quoted(remote(path))});
  }
  FileRefused make_folder(const std::string& folder) override {
    std::vector<std::string> commands;
    for (std::size_t end = folder.find('/');; end = folder.find('/', end + 1)) {
      commands.push_back("*mkdir " + quoted(remote(folder.substr(0, end))));
      if (end == std::string::npos) break;
    }
    return command("cannot make " + shown(folder), commands);
  }

 private:
  std::string remote(const std::string& path) const {
    if (settings_.path.empty()) return path;
    return settings_.path.ends_with('/') ? settings_.path + path : settings_.path + "/" + path;
  }
  std::string shown(const std::string& path) const { return settings_.host + ":" + remote(path); }

  static int check_host_key(void* user, int, const char* key, std::size_t length) {
    SftpPlace& self = *static_cast<SftpPlace*>(user);
    self.offered_ = fingerprint(key, length);
    const auto& known = self.settings_.host_keys;
    const bool trusted = std::find(known.begin(), known.end(), self.offered_) != known.end();
    self.stranger_ = !trusted;
    return trusted ? CURLKHMATCH_OK : CURLKHMATCH_MISMATCH;
  }

  // curl_easy_reset keeps the connection, so the next command needs no new login.
  void prepare(const std::string& path, Sink& sink) {
    curl_easy_reset(curl_);
    const std::string full = remote(path);
    const std::string url =
        "sftp://" + settings_.host + (full.starts_with('/') ? "" : "/~/") + escaped_path(full);
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "sftp");
    curl_easy_setopt(curl_, CURLOPT_PORT, static_cast<long>(settings_.port));
    curl_easy_setopt(curl_, CURLOPT_USERNAME, settings_.user.c_str());
    curl_easy_setopt(curl_, CURLOPT_SSH_HOSTKEYFUNCTION, check_host_key);
    curl_easy_setopt(curl_, CURLOPT_SSH_HOSTKEYDATA, this);
    long methods = 0;
    if (!settings_.private_key.empty()) {
      methods |= CURLSSH_AUTH_PUBLICKEY;
      curl_easy_setopt(curl_, CURLOPT_SSH_PRIVATE_KEYFILE, key_.path().c_str());
    }
    if (!settings_.password.empty()) {
      methods |= CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD;
      curl_easy_setopt(curl_, CURLOPT_PASSWORD, settings_.password.c_str());
    }
    curl_easy_setopt(curl_, CURLOPT_SSH_AUTH_TYPES, methods);
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS,
                     std::min<long>(settings_.timeout_ms, 20'000));
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout_ms));
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &sink);
    curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, error_.data());
  }

  FileRefused command(const std::string& what, const std::vector<std::string>& commands) {
    const Strings list(commands);
    const std::lock_guard lock(mutex_);
    Sink sink;
    return run(what, [&] {
      prepare("", sink);
      curl_easy_setopt(curl_, CURLOPT_NOBODY, 1L);
      curl_easy_setopt(curl_, CURLOPT_QUOTE, list.get());
    });
  }

  // `setup` may run twice: a kept connection may have died in the meantime, which shows only when
  // it is used.
  template <typename Setup>
  FileRefused run(const std::string& what, Setup setup) {
    if (curl_ == nullptr) return FileFault{LB_RETRY, what + ": no memory"};
    for (int attempt = 0;; ++attempt) {
      setup();
      if (attempt > 0) curl_easy_setopt(curl_, CURLOPT_FRESH_CONNECT, 1L);
      stranger_ = false;
      error_[0] = '\0';
      last_ = curl_easy_perform(curl_);
      long connects = 1;
      curl_easy_getinfo(curl_, CURLINFO_NUM_CONNECTS, &connects);
      const bool broken =
          last_ == CURLE_SSH || last_ == CURLE_SEND_ERROR || last_ == CURLE_RECV_ERROR;
      if (!broken || connects > 0 || attempt > 0) break;
    }
    if (last_ == CURLE_OK) return {};
    return fault(what);
  }

  FileFault fault(const std::string& what) const {
    if (stranger_) {
      return {LB_CONFIG, what + ": the server shows the key SHA256:" + offered_ +
                             ", which is not among host_key_sha256; nothing was sent to it"};
    }
    const std::string detail = error_[0] != '\0' ? error_.data() : curl_easy_strerror(last_);
    switch (last_) {
      case CURLE_LOGIN_DENIED:
        return {LB_AUTH, what + ": " + detail};
      case CURLE_REMOTE_FILE_NOT_FOUND:
        return {LB_CONFLICT, what + ": " + detail};
      case CURLE_UNSUPPORTED_PROTOCOL:
        return {LB_CONFIG, what + ": the libcurl of this machine has no SFTP"};
      default:
        return {LB_RETRY, what + ": " + detail};
    }
  }

  const SftpSettings settings_;
  const KeyFile key_;
  std::mutex mutex_;  // guards all below
  CURL* curl_;
  CURLcode last_ = CURLE_OK;
  bool stranger_ = false;
  std::string offered_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace

std::unique_ptr<Place> sftp_place(const SftpSettings& settings) {
  return std::make_unique<SftpPlace>(settings);
}

}  // namespace lotbridge::host
