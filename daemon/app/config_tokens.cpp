// Tokens and secrets.
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "daemon/api/auth.hpp"
#include "daemon/app/config_parts.hpp"

namespace lotbridge::app {
namespace {

constexpr std::size_t kShortToken = 16;
constexpr std::streamsize kSecretMax = 64 * 1024;

std::string secret_from_file(Faults& faults, const YAML::Node& node, const std::string& path) {
  const std::string file = faults.resolve(node.Scalar());
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    faults.error(node.Mark(), "`" + path + "`: the file " + file + " cannot be read.");
    return {};
  }
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && (status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    faults.warn(node.Mark(),
                "`" + path + "`: everybody on this machine can read " + file + "; `chmod 600` it.");
  }
  std::string value(static_cast<std::size_t>(kSecretMax), '\0');
  in.read(value.data(), kSecretMax);
  value.resize(static_cast<std::size_t>(in.gcount()));
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  if (value.empty()) faults.error(node.Mark(), "`" + path + "`: the file " + file + " is empty.");
  return value;
}

std::string secret_from_environment(Faults& faults, const YAML::Node& node,
                                    const std::string& path) {
  const char* value = std::getenv(node.Scalar().c_str());
  if (value != nullptr && *value != '\0') return value;
  faults.error(node.Mark(),
               "`" + path + "`: the environment variable " + node.Scalar() + " is not set.");
  return {};
}

// A list of names or "*". `all` says which.
std::vector<std::string> read_names(Section& section, const char* key, bool& all,
                                    const std::vector<std::string>& known, const char* what) {
  std::vector<std::string> out;
  const auto list = section.list(key, &all);
  if (!list) return out;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string path = section.path(key) + "[" + std::to_string(i) + "]";
    if (refers(section.faults(), (*list)[i], path, known, what)) out.push_back((*list)[i].Scalar());
  }
  if (list->empty()) section.fault(key, "names nothing: the token could see nothing.");
  return out;
}

void read_scopes(Section& section, api::Token& token) {
  static const std::vector<std::string> kNames{"read",   "orders",   "stock", "quality",
                                               "recall", "override", "admin"};
  section.required("scopes");
  const auto list = section.list("scopes");
  if (!list) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string path = section.path("scopes") + "[" + std::to_string(i) + "]";
    if (!refers(section.faults(), (*list)[i], path, kNames, "scope")) continue;
    token.scopes.push_back(*api::scope_of_name((*list)[i].Scalar()));
  }
}

void read_token(Section& section, const Names& names, Config& config,
                std::set<std::string>& values) {
  api::Token token;
  token.name = section.required_text("name");
  const YAML::Node secret = section.required("token");
  if (secret.IsDefined()) {
    const std::string value = read_secret(section.faults(), secret, section.path("token"), config);
    if (!value.empty() && !values.insert(value).second) {
      section.fault("token", "has the same value as another token.");
    }
    if (!value.empty() && value.size() < kShortToken) {
      section.faults().warn(
          secret.Mark(),
          "`" + section.path("token") + "` is short; 32 random characters cannot be guessed.");
    }
    token.digest = api::sha256(value);
  }
  section.required("owners");
  token.owners = read_names(section, "owners", token.all_owners, names.owners, "owner");
  token.all_warehouses = !section.get("warehouses").has_value();
  token.warehouses =
      read_names(section, "warehouses", token.all_warehouses, names.warehouses, "warehouse");
  read_scopes(section, token);
  config.tokens.push_back(std::move(token));
}

}  // namespace

std::string read_secret(Faults& faults, const YAML::Node& node, const std::string& path,
                        Config& config) {
  if (node.IsScalar()) {
    faults.error(
        node.Mark(),
        "`" + path + "` must be {env: NAME} or {file: PATH}; a secret does not stand here itself.");
    return {};
  }
  Section section(faults, node, path);
  const auto env = section.get("env");
  const auto file = section.get("file");
  if (!section.usable()) return {};
  const auto& given = env ? env : file;
  if (!given || (env && file) || !given->IsScalar() || given->Scalar().empty()) {
    faults.error(node.Mark(), "`" + path + "` must be {env: NAME} or {file: PATH}.");
    return {};
  }
  std::string value =
      env ? secret_from_environment(faults, *env, path) : secret_from_file(faults, *file, path);
  if (!value.empty()) config.secrets.push_back(value);
  return value;
}

bool refers(Faults& faults, const YAML::Node& node, const std::string& path,
            const std::vector<std::string>& known, const char* what) {
  const auto name = scalar_text(faults, node, path);
  if (!name) return false;
  if (std::find(known.begin(), known.end(), *name) != known.end()) return true;
  faults.error(node.Mark(), "`" + path + "`: there is no " + what + " `" + *name + "`" +
                                (known.empty() ? "." : "; there is: " + joined(known) + "."));
  return false;
}

void read_tokens(Section& root, const Names& names, Config& config) {
  const auto list = root.list("tokens");
  if (!list || list->empty()) {
    root.faults().warn(root.mark(), "There are no `tokens`: nobody can call /v1.");
    return;
  }
  std::set<std::string> seen, values;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Section section(root.faults(), (*list)[i], "tokens[" + std::to_string(i) + "]");
    read_token(section, names, config, values);
    const std::string& name = config.tokens.back().name;
    if (!name.empty() && !seen.insert(name).second) {
      section.fault("name", "is used twice: `" + name + "`.");
    }
  }
}

}  // namespace lotbridge::app
