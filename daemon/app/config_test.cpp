// Every way to get the configuration wrong: what is said, and where.
#include "daemon/app/config.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "daemon/app/config_json.hpp"

namespace lotbridge::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kGood = R"(listen: 127.0.0.1:0
store: sqlite:lotbridge.db
connector_path: [connectors]
policy: {min_remaining_days: 1}
warehouses:
  - name: MAD1
    time_zone: Europe/Madrid
    allocates: us
    facts_from: {dispatch: mad-files, receipt: mad-files}
    address: {country: ES, gln: "9506000134352"}
    locations: [{name: A-01, pick_sequence: 1}, {name: A-02}]
    policy: {transit_days: 2}
  - {name: BCN1, time_zone: Europe/Madrid, allocates: them}
owners:
  - name: pure-fresh
    policy: {min_remaining_days: 3}
    warehouses: [MAD1]
    routes: [{country: ES, warehouses: [MAD1]}]
tokens:
  - {name: ops, token: {env: LOTBRIDGE_TEST_TOKEN}, owners: [pure-fresh], warehouses: "*", scopes: [read, orders]}
connectors:
  - name: shopify-eu
    type: shopify
    owner: pure-fresh
    mode: live
    start_at: 2026-01-01
    poll_seconds: 60
    settings: {shop: pure-fresh.myshopify.com, base_url: "http://127.0.0.1:9", fulfilments: theirs}
    secrets: {access_token: {env: LOTBRIDGE_TEST_SECRET}}
  - {name: mad-files, type: warehouse-files, owners: {PF: pure-fresh}}
testing: {clock: "2026-03-10T12:00:00Z"}
)";

// A catalogue with the two connectors of the example.
Catalog catalog() {
  Catalog out;
  out.inspect = [](const std::vector<std::string>&,
                   const std::string& type) -> Result<host::Inspection> {
    if (type != "shopify" && type != "warehouse-files") {
      return Problem{"invalid_value", "No folder of connector_path has it.", {}};
    }
    host::Inspection found;
    found.id = type;
    found.instructions = {"lots.write/1"};
    return found;
  };
  out.check = [](const host::Inspection& inspection, const host::ConnectorConfig& config) {
    std::vector<FieldError> errors;
    if (inspection.id == "shopify" && config.settings.find("\"shop\"") == std::string::npos) {
      errors.push_back({"/settings/shop", "Is required."});
    }
    if (config.settings.find("bad shop") != std::string::npos) {
      errors.push_back({"/settings/shop", "Must be a domain."});
    }
    return errors;
  };
  return out;
}

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    ::setenv("LOTBRIDGE_TEST_TOKEN", "token-of-thirty-two-characters-xx", 1);
    ::setenv("LOTBRIDGE_TEST_SECRET", "shpat-secret", 1);
  }
  // The good configuration with one part replaced.
  static ConfigReading with(const std::string& from, const std::string& to) {
    std::string text = kGood;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return read_config_text(text, "lotbridge.yaml", catalog());
  }
};

TEST_F(ConfigTest, ReadsEverything) {
  const auto reading = read_config_text(kGood, "/etc/lotbridge/lotbridge.yaml", catalog());
  ASSERT_THAT(reading.errors, IsEmpty());
  ASSERT_TRUE(reading.config);
  const Config& config = *reading.config;
  EXPECT_EQ(config.server.address, "127.0.0.1");
  EXPECT_EQ(config.server.port, 0);
  EXPECT_EQ(config.engine.store_path, "/etc/lotbridge/lotbridge.db");
  EXPECT_THAT(config.host.connector_path, ElementsAre("/etc/lotbridge/connectors"));
  EXPECT_EQ(config.engine.system_policy.min_remaining_days, 1);
  ASSERT_THAT(config.engine.warehouses, SizeIs(2));
  EXPECT_EQ(config.engine.warehouses[0].core.facts_from_dispatch, "mad-files");
  EXPECT_EQ(config.engine.warehouses[0].core.policy.transit_days, 2);
  EXPECT_THAT(config.engine.warehouses[0].core.locations, SizeIs(2));
  EXPECT_TRUE(config.engine.warehouses[1].core.they_allocate);
  ASSERT_THAT(config.engine.owners, SizeIs(1));
  EXPECT_THAT(config.engine.owners[0].warehouses, ElementsAre(1));
  EXPECT_THAT(config.engine.owners[0].routes[0].warehouses, ElementsAre(1));
  ASSERT_THAT(config.tokens, SizeIs(1));
  EXPECT_TRUE(config.tokens[0].all_warehouses);
  EXPECT_EQ(config.tokens[0].digest, api::sha256("token-of-thirty-two-characters-xx"));
  EXPECT_EQ(config.test_clock->text(), "2026-03-10T12:00:00Z");
}

TEST_F(ConfigTest, ReadsConnectors) {
  const auto reading = read_config_text(kGood, "lotbridge.yaml", catalog());
  ASSERT_TRUE(reading.config);
  ASSERT_THAT(reading.config->host.connectors, SizeIs(2));
  const auto& shop = reading.config->host.connectors[0];
  EXPECT_EQ(shop.settings, R"({"shop":"pure-fresh.myshopify.com","fulfilments":"theirs"})");
  EXPECT_EQ(shop.base_url, "http://127.0.0.1:9");
  EXPECT_EQ(shop.secrets.at("access_token"), "shpat-secret");
  EXPECT_EQ(shop.poll_interval_ms, 60'000);
  EXPECT_EQ(shop.start_at->text(), "2026-01-01T00:00:00Z");
  EXPECT_TRUE(shop.live);
  const auto& files = reading.config->host.connectors[1];
  EXPECT_FALSE(files.live);
  EXPECT_EQ(files.start_at->text(), "2026-03-10T12:00:00Z");
  EXPECT_EQ(files.owners.at("PF"), "pure-fresh");
  const auto& routes = reading.config->engine.connectors;
  EXPECT_TRUE(routes[0].theirs);
  EXPECT_THAT(routes[0].warehouses, IsEmpty());
  EXPECT_THAT(routes[1].warehouses, ElementsAre("MAD1"));
  EXPECT_THAT(routes[1].owners, ElementsAre("pure-fresh"));
  EXPECT_THAT(routes[1].instructions, ElementsAre("lots.write/1"));
}

struct Wrong {
  const char* name;
  const char* from;
  const char* to;
  const char* said;
};
void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

class WrongConfigTest : public ConfigTest, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongConfigTest, SaysWhatAndWhere) {
  const auto reading = with(GetParam().from, GetParam().to);
  EXPECT_FALSE(reading.config);
  EXPECT_THAT(reading.errors, Contains(HasSubstr(GetParam().said)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongConfigTest,
    testing::Values(
        Wrong{"unknown_key", "policy: {min", "polcy: {min",
              "lotbridge.yaml:4:1: The key `polcy` is unknown; did you mean `policy`?"},
        Wrong{"unknown_inner_key", "allocates: us", "allocate: us",
              ":8:5: The key `warehouses[0].allocate` is unknown; did you mean `allocates`?"},
        Wrong{"twice", "store: sqlite:lotbridge.db", "store: sqlite:a.db\nstore: sqlite:b.db",
              ":3:1: The key `store` stands here twice."},
        Wrong{"listen", "127.0.0.1:0", "127.0.0.1:99999", ":1:9: `listen` must be ADDRESS:PORT"},
        Wrong{"listen_name", "127.0.0.1:0", "shop.example:80",
              ":1:9: `listen` must be ADDRESS:PORT"},
        Wrong{"store", "sqlite:lotbridge.db", "lotbridge.db", ":2:8: `store` must be sqlite:FILE."},
        Wrong{"postgres", "sqlite:lotbridge.db", "postgresql://me@host/db",
              "PostgreSQL is not there yet"},
        Wrong{"store_missing", "store: sqlite:lotbridge.db\n", "", ":1:1: `store` is missing."},
        Wrong{"zone", "Europe/Madrid", "Europe/Atlantis",
              ":7:16: `warehouses[0].time_zone` is no IANA"},
        Wrong{"allocates", "allocates: us", "allocates: me", "must be one of: us, them."},
        Wrong{"facts", "{dispatch: mad-files", "{dispatch: mad-file",
              ":9:28: `warehouses[0].facts_from.dispatch`: there is no connector `mad-file`"},
        Wrong{"country", "{country: ES, g", "{country: Spain, g", "must be two capital letters"},
        Wrong{"location", "{name: A-02}", "{name: A-01}", "stands twice in this warehouse"},
        Wrong{"sequence", "pick_sequence: 1", "pick_sequence: first", "must be a whole number"},
        Wrong{"warehouse_twice", "name: BCN1", "name: MAD1",
              "`warehouses[1].name` is used twice: `MAD1`."},
        Wrong{"warehouse_not_a_list", "warehouses: [MAD1]\n", "warehouses: MAD1\n",
              "`owners[0].warehouses` must be a list."},
        Wrong{"owner_warehouse", "warehouses: [MAD1]\n", "warehouses: [MAD2]\n",
              ":17:18: `owners[0].warehouses[0]`: there is no warehouse `MAD2`; there is: MAD1, "
              "BCN1."},
        Wrong{"route", "routes: [{country: ES, warehouses: [MAD1]}]",
              "routes: [{country: ES, warehouses: [BCN1]}]", "names a warehouse that the owner's"},
        Wrong{"policy_key", "{min_remaining_days: 3}", "{min_remaining_day: 3}",
              ":16:14: The key `owners[0].policy.min_remaining_day` is unknown."},
        Wrong{"policy_value", "{min_remaining_days: 3}", "{min_remaining_days: three}",
              ":16:34: `owners[0].policy.min_remaining_days`"},
        Wrong{"token_in_file", "{env: LOTBRIDGE_TEST_TOKEN}", "abc123",
              "must be {env: NAME} or {file: PATH}; a secret does not stand here itself."},
        Wrong{"token_env", "LOTBRIDGE_TEST_TOKEN", "LOTBRIDGE_NO_SUCH",
              "the environment variable LOTBRIDGE_NO_SUCH is not set."},
        Wrong{"token_owner", "owners: [pure-fresh], w", "owners: [acme], w",
              "`tokens[0].owners[0]`: there is no owner `acme`; there is: pure-fresh."},
        Wrong{"token_owners", "owners: [pure-fresh], w", "w",
              ":20:5: `tokens[0].owners` is missing."},
        Wrong{"scope", "[read, orders]", "[read, order]", "there is no scope `order`"},
        Wrong{"type", "type: shopify", "type: shopfy",
              ":23:11: `connectors[0].type` `shopfy`: No folder of connector_path has it."},
        Wrong{"connector_owner", "owner: pure-fresh", "owner: acme", "there is no owner `acme`"},
        Wrong{"no_owner", "    owner: pure-fresh\n", "",
              "`connectors[0].owner` or `owners` must be there"},
        Wrong{"mode", "mode: live", "mode: on", "must be one of: observe, live."},
        Wrong{"isolation", "mode: live", "isolation: jail", "isolation"},
        Wrong{"start", "start_at: 2026-01-01", "start_at: 2026-02-30",
              "must be `now`, `all`, a date"},
        Wrong{"poll", "poll_seconds: 60", "poll_seconds: 0", "must be a whole number from 1"},
        Wrong{"setting", "shop: pure-fresh.myshopify.com", "shop: bad shop",
              ":28:22: `connectors[0].settings.shop`: Must be a domain."},
        Wrong{"setting_missing", "shop: pure-fresh.myshopify.com, ", "",
              "`connectors[0].settings.shop`: Is required."},
        Wrong{"base_url", "\"http://127.0.0.1:9\"", "shop.example", "must be an http or https URL"},
        Wrong{"secret", "{env: LOTBRIDGE_TEST_SECRET}", "{file: secrets/none}",
              "`connectors[0].secrets.access_token`: the file secrets/none cannot be read."},
        Wrong{"secret_both", "{env: LOTBRIDGE_TEST_SECRET}", "{env: A, file: b}",
              "must be {env: NAME} or {file: PATH}."},
        Wrong{"connector_twice", "name: mad-files, type", "name: shopify-eu, type",
              "is used twice"},
        Wrong{"clock", "2026-03-10T12:00:00Z", "noon", ":31:18: `testing.clock` must be a time"},
        Wrong{"yaml", "owners:\n", "owners: [\n", "This is not YAML"},
        Wrong{"no_map", kGood, "- a\n", ":1:1: The configuration must be a map"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(ConfigTest, SaysAllFaultsAtOnceInTheOrderOfTheFile) {
  const auto reading =
      read_config_text("listen: here\nstore: nowhere\nwarehouses: []\nowners: [{nmae: x}]\n",
                       "lotbridge.yaml", catalog());
  EXPECT_THAT(reading.errors,
              ElementsAre(StartsWith("lotbridge.yaml:1:9:"), StartsWith("lotbridge.yaml:2:8:"),
                          StartsWith("lotbridge.yaml:3:13:"), StartsWith("lotbridge.yaml:4:10:"),
                          StartsWith("lotbridge.yaml:4:11:")));
}

TEST_F(ConfigTest, ReadsSecretsFromFilesAndWarnsWhereOthersMayReadThem) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("lotbridge-config-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto file = folder / "token";
  std::ofstream(file) << "0123456789abcdef0123456789abcdef\n";
  ::chmod(file.c_str(), 0600);
  std::string text = kGood;
  text.replace(text.find("{env: LOTBRIDGE_TEST_TOKEN}"), 27, "{file: token}");
  const std::string config = (folder / "lotbridge.yaml").string();
  auto reading = read_config_text(text, config, catalog());
  ASSERT_TRUE(reading.config);
  EXPECT_THAT(reading.warnings, IsEmpty());
  EXPECT_EQ(reading.config->tokens[0].digest, api::sha256("0123456789abcdef0123456789abcdef"));
  EXPECT_THAT(reading.config->secrets, Contains("0123456789abcdef0123456789abcdef"));
  ::chmod(file.c_str(), 0644);
  reading = read_config_text(text, config, catalog());
  EXPECT_THAT(reading.warnings, ElementsAre(HasSubstr("everybody on this machine can read")));
  std::filesystem::remove_all(folder);
}

TEST_F(ConfigTest, WarnsOfAnOpenListenerWithoutTls) {
  EXPECT_THAT(with("127.0.0.1:0", "0.0.0.0:8480").warnings,
              Contains(HasSubstr("open to the network")));
}

TEST_F(ConfigTest, SaysThatTheFileIsMissing) {
  EXPECT_THAT(read_config("/nonexistent/lotbridge.yaml").errors,
              ElementsAre("/nonexistent/lotbridge.yaml: This file cannot be read."));
}

TEST(ConfigJsonTest, YamlBecomesJson) {
  EXPECT_EQ(
      json_of(YAML::Load("a: 1\nb: ['1', true, null, 1.5, 01, \"x\\\"y\", ~]\n\"/p/{id}\": {}\n")),
      R"({"a":1,"b":["1",true,null,1.5,"01","x\"y",null],"/p/{id}":{}})");
}

}  // namespace
}  // namespace lotbridge::app
