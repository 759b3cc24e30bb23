// The configurations that people copy are right: checked with the real connectors, as `lotbridged
// --check` does it.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "daemon/app/config.hpp"

namespace lotbridge::app {
namespace {

using testing::IsEmpty;

// The example stands in the source tree, the connectors in the build tree.
ConfigReading read_example(const std::string& name) {
  for (const char* secret : {"LOTBRIDGE_TOKEN", "LOTBRIDGE_FLOOR_TOKEN", "LOTBRIDGE_ACME_TOKEN"}) {
    ::setenv(secret, (std::string("0123456789abcdef0123456789") + secret).c_str(), 1);
  }
  for (const char* secret : {"SHOPIFY_TOKEN", "SHOPIFY_WEBHOOK_SECRET", "PURE_FRESH_TOKEN",
                             "PURE_FRESH_WEBHOOK_SECRET"}) {
    ::setenv(secret, "secret-of-the-shop", 1);
  }
  std::ifstream in(std::string(LOTBRIDGE_EXAMPLES) + "/" + name);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string from = "[build/connectors]";
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "connector_path";
  text.replace(at, from.size(), "[" LOTBRIDGE_CONNECTORS "]");
  return read_config_text(text, name);
}

TEST(ExamplesTest, TheMerchantsIsRight) {
  const auto reading = read_example("merchant/lotbridge.yaml");
  EXPECT_THAT(reading.errors, IsEmpty());
  EXPECT_THAT(reading.warnings, IsEmpty());
  ASSERT_TRUE(reading.config);
  EXPECT_FALSE(reading.config->host.connectors.at(0).live);
  EXPECT_TRUE(reading.config->engine.connectors.at(0).theirs);
}

TEST(ExamplesTest, TheThirdPartysIsRight) {
  const auto reading = read_example("3pl/lotbridge.yaml");
  EXPECT_THAT(reading.errors, IsEmpty());
  EXPECT_THAT(reading.warnings, IsEmpty());
  ASSERT_TRUE(reading.config);
  for (const auto& connector : reading.config->host.connectors) EXPECT_FALSE(connector.live);
}

}  // namespace
}  // namespace lotbridge::app
