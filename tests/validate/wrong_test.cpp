// For each test of the validator a connector that is wrong in just that way: it is caught by that
// test and by no other, and the sound one by none.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <lotbridge/json.hpp>
#include <set>

namespace lotbridge {
namespace {

namespace fs = std::filesystem;

struct Variant {
  std::string name, claim;
};

std::vector<Variant> variants() {
  std::ifstream in(std::string(WRONG_FOLDER) + "/variants.txt");
  std::vector<Variant> out;
  for (Variant one; in >> one.name >> one.claim;) out.push_back(one);
  return out;
}

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 65536> buffer{};
  for (std::size_t n; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    out.append(buffer.data(), n);
  pclose(pipe);
  return out;
}

// The recordings of all variants, one answer of them with a credential in it.
std::string with_credential(const std::string& name) {
  const fs::path to = fs::path(WRONG_FOLDER) / name;
  fs::remove_all(to / "cassettes");
  fs::copy(fs::path(RECORDINGS) / "cassettes", to / "cassettes");
  std::ofstream(to / "cassettes" / "account_check_cookie.yaml")
      << "operation: account.check/1\nsettings: {shop: demo}\nexchanges:\n"
         "  - request: {url: \"https://demo.wrong.example/shop\"}\n"
         "    reply: {headers: {set-cookie: \"sid=8f1c2\"}, body: '{\"name\": \"Demo\"}'}\n";
  return to.string();
}

class Wrong : public ::testing::TestWithParam<Variant> {};

TEST_P(Wrong, IsCaughtByThatTestAlone) {
  const Variant variant = GetParam();
  const std::string file = std::string(WRONG_FOLDER) + "/" + variant.name + "/wrong.so";
  if (variant.name == "writable") {
    ASSERT_EQ(chmod(file.c_str(), 0777), 0);
  }
  const std::string recordings =
      variant.name == "secret-recording" ? with_credential(variant.name) : RECORDINGS;
  const std::string text =
      output_of(std::string(TOOL) + " validate " + file + " --with " + recordings + " --json 2>&1");
  const Json report = Json::parse(text);
  std::set<std::string> claims;
  std::string found;
  for (const Json& test : report["tests"].items()) {
    if (test["verdict"].text() != "failed") continue;
    claims.insert(test["claim"].text());
    found += test["id"].text() + ": " + test["why"].text() + "\n  " + test["again"].text() + "\n";
  }
  const std::set<std::string> wanted =
      variant.claim == "none" ? std::set<std::string>{} : std::set<std::string>{variant.claim};
  EXPECT_EQ(claims, wanted) << found;
}

std::string name_of(const ::testing::TestParamInfo<Variant>& info) {
  std::string out = info.param.name;
  for (char& c : out) c = c == '-' ? '_' : c;
  return out;
}

INSTANTIATE_TEST_SUITE_P(Variants, Wrong, ::testing::ValuesIn(variants()), name_of);

}  // namespace
}  // namespace lotbridge
