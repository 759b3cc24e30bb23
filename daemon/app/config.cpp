#include "daemon/app/config.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <fstream>
#include <iterator>

#include "daemon/app/config_parts.hpp"

namespace lotbridge::app {
namespace {

bool is_address(const std::string& text) {
  in6_addr any{};
  return ::inet_pton(AF_INET, text.c_str(), &any) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &any) == 1;
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

void read_listen(Section& root, api::ServerSettings& server) {
  const auto text = root.text("listen");
  if (!text) return;
  const auto colon = text->rfind(':');
  std::string address = text->substr(0, std::min(colon, text->size()));
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  if (address == "localhost") address = "127.0.0.1";
  unsigned port = 65'536;
  if (colon != std::string::npos) {
    const char* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data() + colon + 1, end, port);
    if (error != std::errc() || stop != end) port = 65'536;
  }
  if (!is_address(address) || port > 65'535) {
    return root.fault("listen", "must be ADDRESS:PORT, like 127.0.0.1:8480 or [::1]:8480.");
  }
  server.address = address;
  server.port = static_cast<std::uint16_t>(port);
}

void read_tls(Section& root, api::ServerSettings& server) {
  const auto node = root.get("tls");
  if (node) {
    Section section(root.faults(), *node, "tls");
    server.certificate_file = root.faults().resolve(section.required_text("certificate"));
    server.private_key_file = root.faults().resolve(section.required_text("private_key"));
    if (root.faults().none()) {
      if (const auto refused = api::check_tls(server))
        root.fault("tls", "cannot be used: " + refused->detail);
    }
  } else if (!is_loopback(server.address)) {
    const auto listen = root.get("listen");
    root.faults().warn(
        listen ? listen->Mark() : root.mark(),
        "`listen` is open to the network without `tls`: tokens can be read on the way.");
  }
}

void read_store(Section& root, engine::Settings& engine) {
  const std::string text = root.required_text("store");
  if (text.empty()) return;
  if (text.starts_with("postgresql:")) {
    return root.fault("store", "PostgreSQL is not there yet; use sqlite:FILE.");
  }
  if (!text.starts_with("sqlite:") || text.size() == 7)
    return root.fault("store", "must be sqlite:FILE.");
  engine.store_path = root.faults().resolve(text.substr(7));
}

void read_paths(Section& root, Config& config) {
  if (const auto list = root.list("connector_path")) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto text =
          scalar_text(root.faults(), (*list)[i], "connector_path[" + std::to_string(i) + "]");
      if (text) config.host.connector_path.push_back(root.faults().resolve(*text));
    }
  }
  if (const auto url = root.text("public_url")) {
    if (!url->starts_with("https://") && !url->starts_with("http://")) {
      root.fault("public_url",
                 "must be the http or https URL under which platforms reach this daemon.");
    }
    config.host.hook_base_url = *url;
  }
  if (const auto proxy = root.text("proxy")) {
    const bool known = proxy->starts_with("http://") || proxy->starts_with("https://") ||
                       proxy->starts_with("socks5://") || proxy->starts_with("socks5h://");
    if (!known) root.fault("proxy", "must be an address like http://proxy.example:3128.");
    config.host.proxy = *proxy;
  }
  config.host.no_proxy = root.text("no_proxy").value_or("");
}

void read_testing(Section& root, Config& config) {
  const auto node = root.get("testing");
  if (!node) return;
  Section section(root.faults(), *node, "testing");
  const std::string text = section.required_text("clock");
  config.test_clock = Timestamp::parse(text);
  if (!text.empty() && !config.test_clock) {
    section.fault("clock", "must be a time like 2026-03-10T12:00:00Z.");
  }
}

void read_alerts(Section& root, engine::Settings& engine) {
  const auto node = root.get("alerts");
  if (!node) return;
  Section section(root.faults(), *node, "alerts");
  const auto rate = section.get("return_rate");
  if (!rate) return;
  Section inner(root.faults(), *rate, "alerts.return_rate");
  engine.return_rate.over_percent = inner.integer("over_percent", 1, 100);
  engine.return_rate.times_sku_mean = inner.integer("times_sku_mean", 2, 1000);
}

void read_log(Section& root, Config& config) {
  const std::string level = root.word("log_level", {"info", "debug", "warning", "error"});
  config.log_level = level == "debug"     ? log::Level::debug
                     : level == "warning" ? log::Level::warning
                     : level == "error"   ? log::Level::error
                                          : log::Level::info;
}

ConfigReading read_root(const YAML::Node& node, Faults& faults, const Catalog& catalog) {
  Config config;
  {
    Section root(faults, node, "");
    const Names names{names_in(node, "warehouses"), names_in(node, "owners"),
                      names_in(node, "connectors")};
    read_listen(root, config.server);
    read_tls(root, config.server);
    read_store(root, config.engine);
    read_paths(root, config);
    read_testing(root, config);
    read_alerts(root, config.engine);
    read_log(root, config);
    config.engine.system_policy = read_policy_of(root);
    read_warehouses(root, names, config);
    read_owners(root, names, config);
    read_tokens(root, names, config);
    read_connectors(root, names, catalog, config);
  }
  ConfigReading out;
  out.errors = faults.errors();
  out.warnings = faults.warnings();
  if (out.errors.empty()) out.config = std::move(config);
  return out;
}

}  // namespace

std::vector<std::string> names_in(const YAML::Node& root, const char* key) {
  std::vector<std::string> out;
  if (!root.IsMap()) return out;
  const YAML::Node list = root[key];
  if (!list || !list.IsSequence()) return out;
  for (const auto& element : list) {
    if (!element.IsMap()) continue;
    const YAML::Node name = element["name"];
    if (name && name.IsScalar() && !name.Scalar().empty()) out.push_back(name.Scalar());
  }
  return out;
}

ConfigReading read_config_text(const std::string& text, const std::string& file,
                               const Catalog& catalog) {
  Faults faults(file);
  try {
    const YAML::Node node = YAML::Load(text);
    if (!node.IsMap()) {
      faults.error(YAML::Mark(), "The configuration must be a map of keys and values.");
      return {std::nullopt, faults.errors(), {}};
    }
    return read_root(node, faults, catalog);
  } catch (const YAML::Exception& thrown) {
    faults.error(thrown.mark, "This is not YAML: " + thrown.msg + ".");
    return {std::nullopt, faults.errors(), {}};
  }
}

ConfigReading read_config(const std::string& file, const Catalog& catalog) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return {std::nullopt, {file + ": This file cannot be read."}, {}};
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return read_config_text(text, file, catalog);
}

}  // namespace lotbridge::app
