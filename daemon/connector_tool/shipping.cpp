// lotctl connector pack, install: one file that carries a connector, its digests, its signature.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "daemon/connector_tool/arguments.hpp"
#include "daemon/connector_tool/isolated.hpp"
#include "daemon/connector_tool/verbs.hpp"
#include "daemon/host/secrets.hpp"

namespace lotbridge::connector_tool {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHowPack =
    "lotctl connector pack FILE [--out TAR] [--key PRIVATE.pem]\n"
    "Makes ID-VERSION.tar with the file, its descriptor, SHA256SUMS and, with --key, "
    "SHA256SUMS.sig.";
constexpr const char* kHowInstall =
    "lotctl connector install TAR --into FOLDER [--key PUBLIC.pem]\n"
    "Checks digests (and with --key the signature), then puts it into FOLDER/ID/VERSION.";

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::string sha256_of(const std::string& path) {
  const std::string text = text_of_file(path);
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(text.data(), text.size(), out, &length, EVP_sha256(), nullptr);
  return host::hex({reinterpret_cast<const char*>(out), length});
}

Key key_of(const std::string& path, bool with_private) {
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  EVP_PKEY* key = nullptr;
  if (file && with_private) key = PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr);
  if (file && !with_private) key = PEM_read_PUBKEY(file.get(), nullptr, nullptr, nullptr);
  return Key(key, EVP_PKEY_free);
}

// Ed25519 keys know their digest themselves; for others it is SHA-256.
const EVP_MD* digest_for(const EVP_PKEY* key) {
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

std::string signature_of(EVP_PKEY* key, const std::string& text) {
  const Digest digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t length = 0;
  if (EVP_DigestSignInit(digest.get(), nullptr, digest_for(key), nullptr, key) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &length, bytes, text.size()) != 1)
    return {};
  std::string out(length, '\0');
  if (EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(out.data()), &length, bytes,
                     text.size()) != 1)
    return {};
  out.resize(length);
  return out;
}

bool is_signed_by(EVP_PKEY* key, const std::string& text, const std::string& signature) {
  const Digest digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(digest.get(), nullptr, digest_for(key), nullptr, key) == 1 &&
         EVP_DigestVerify(digest.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                          text.size()) == 1;
}

bool run_tar(const std::vector<std::string>& arguments) {
  std::vector<char*> words;
  std::string program = "tar";
  words.push_back(program.data());
  std::vector<std::string> own = arguments;
  for (std::string& word : own) words.push_back(word.data());
  words.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    execvp("tar", words.data());
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// A folder of its own that goes away again.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "lotbridge-XXXXXX").string();
    path = mkdtemp(name.data()) == nullptr ? "" : name;
  }
  ~Scratch() {
    std::error_code error;
    if (!path.empty()) fs::remove_all(path, error);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path path;
};

std::string fault_of_sums(const fs::path& folder) {
  std::istringstream lines(text_of_file((folder / "SHA256SUMS").string()));
  std::size_t checked = 0;
  for (std::string digest, name; lines >> digest >> name; ++checked) {
    if (name.find('/') != std::string::npos) return "SHA256SUMS names a file elsewhere";
    if (sha256_of((folder / name).string()) != digest) return name + " is not what SHA256SUMS says";
  }
  return checked < 2 ? "SHA256SUMS does not name the connector and its descriptor" : "";
}

// The one folder ID/VERSION of an unpacked archive.
fs::path inner_folder(const fs::path& root) {
  fs::path found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().filename() == "SHA256SUMS") found = entry.path().parent_path();
  }
  return found;
}

}  // namespace

int pack(const Words& words) {
  const auto arguments = read_arguments(words, {{"--out", "--key"}, {}, 1, 1});
  if (!arguments.ok()) return wrong_usage(arguments.problem().detail, kHowPack);
  const auto package = read_package(arguments->words[0], "");
  if (!package.ok()) return refused(package.problem().detail);
  const Offer offer = offer_of(*package);
  if (!offer.loaded) return refused(offer.problem);
  if (offer.descriptor != package->descriptor)
    return refused("descriptor.json beside it is not the one that it was built with");
  const Json descriptor = Json::parse(offer.descriptor);
  const std::string id = descriptor["id"].text(), version = descriptor["version"].text();
  const Scratch scratch;
  const fs::path folder = scratch.path / id / version;
  fs::create_directories(folder);
  fs::copy_file(package->file, folder / (id + ".so"));
  fs::copy_file(package->descriptor_file, folder / "descriptor.json");
  const std::string sums = sha256_of((folder / "descriptor.json").string()) +
                           "  descriptor.json\n" + sha256_of((folder / (id + ".so")).string()) +
                           "  " + id + ".so\n";
  std::ofstream(folder / "SHA256SUMS", std::ios::binary) << sums;
  if (const std::string path = arguments->value("--key"); !path.empty()) {
    const Key key = key_of(path, true);
    if (!key) return refused(path + " holds no private key in PEM");
    const std::string signature = signature_of(key.get(), sums);
    if (signature.empty()) return refused("the key can't sign");
    std::ofstream(folder / "SHA256SUMS.sig", std::ios::binary) << signature;
  }
  const std::string out = arguments->value("--out", id + "-" + version + ".tar");
  if (!run_tar({"--create", "--file", out, "--directory", scratch.path.string(), "--sort=name",
                "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", id}))
    return refused("tar could not write " + out);
  std::printf("%s\n", out.c_str());
  return kDone;
}

int install(const Words& words) {
  const auto arguments = read_arguments(words, {{"--into", "--key"}, {}, 1, 1});
  if (!arguments.ok()) return wrong_usage(arguments.problem().detail, kHowInstall);
  const std::string into = arguments->value("--into");
  if (into.empty()) return wrong_usage("--into FOLDER is needed", kHowInstall);
  const Scratch scratch;
  if (!run_tar({"--extract", "--file", arguments->words[0], "--directory", scratch.path.string(),
                "--no-same-owner"}))
    return refused("tar could not read " + arguments->words[0]);
  const fs::path from = inner_folder(scratch.path);
  if (from.empty()) return refused("it has no SHA256SUMS: it was not made by pack");
  if (const std::string fault = fault_of_sums(from); !fault.empty()) return refused(fault);
  if (const std::string path = arguments->value("--key"); !path.empty()) {
    const Key key = key_of(path, false);
    if (!key) return refused(path + " holds no public key in PEM");
    if (!is_signed_by(key.get(), text_of_file((from / "SHA256SUMS").string()),
                      text_of_file((from / "SHA256SUMS.sig").string())))
      return refused("the signature is missing or wrong");
  }
  const Json descriptor = Json::parse(text_of_file((from / "descriptor.json").string()));
  const fs::path to = fs::path(into) / descriptor["id"].text() / descriptor["version"].text();
  if (fs::exists(to)) return refused(to.string() + " exists already; versions do not change");
  fs::create_directories(to.parent_path());
  fs::copy(from, to, fs::copy_options::recursive);
  for (const auto& entry : fs::directory_iterator(to))
    fs::permissions(entry.path(), fs::perms::group_write | fs::perms::others_write,
                    fs::perm_options::remove);
  std::printf("%s\n", to.c_str());
  return kDone;
}

}  // namespace lotbridge::connector_tool
