// The same receipts, dispatches and returns that name their lots, in another order: the same goods
// on the same shelves and the same stamps in the end.
#include <algorithm>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include "case_runner.hpp"

namespace lotbridge::lots {
namespace {

struct Days {
  std::vector<std::string> orders, facts;
};

// Orders, and what the warehouse tells of them: each dispatch names its lots, each lot has one
// date.
Days days_of(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto up_to = [&](int most) {
    return static_cast<int>(random() % static_cast<std::uint64_t>(most)) + 1;
  };
  Days out;
  const int lots = 4 + up_to(4);
  const auto lot = [&] { return "L" + std::to_string(up_to(lots)); };
  for (int i = 1; i <= 12; ++i) {
    const std::string code = lot();
    out.facts.push_back("receive YOG " + code + " " + std::to_string(up_to(20)) + " by=wms id=R" +
                        std::to_string(i) + " on=2026-05-1" + std::to_string(up_to(6)) +
                        " expires=2026-06-1" + code.substr(1));
  }
  for (int i = 1; i <= 10; ++i) {
    const std::string order = "O" + std::to_string(i);
    const std::string code = lot();
    const int units = up_to(5);
    out.orders.push_back("order " + order + " by=shop: 1 YOG " + std::to_string(units));
    out.facts.push_back("ship " + order + " by=wms id=S" + std::to_string(i) + ": 1 " +
                        std::to_string(units) + " " + code + "=" + std::to_string(units) + "!");
  }
  return out;
}

// What stands at the end: the shelves, and of each order what left; not what was said on the way.
std::string end_of(const Days& days, const std::vector<std::string>& facts) {
  std::string text = "item YOG\n";
  for (const std::string& line : days.orders) text += line + "\n";
  for (const std::string& line : facts) text += line + "\n";
  // No promises are left that depend on which order came first: every order has been shipped.
  text += "stock YOG\n";
  for (std::size_t i = 1; i <= days.orders.size(); ++i) text += "show O" + std::to_string(i) + "\n";
  const std::string answered = run_case(text);
  std::istringstream in(answered.substr(answered.find("\nstock YOG")));
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(">")) out += line + "\n";
  }
  EXPECT_EQ(answered.find("> FAULT"), std::string::npos) << answered;
  EXPECT_EQ(answered.find("> ??"), std::string::npos) << answered;
  return out;
}

class OrderIndependence : public testing::TestWithParam<int> {};

TEST_P(OrderIndependence, NamedLotsEndTheSameInAnyOrder) {
  const Days days = days_of(static_cast<std::uint64_t>(GetParam()));
  const std::string first = end_of(days, days.facts);
  std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()) * 977);
  std::vector<std::string> facts = days.facts;
  for (int i = 0; i < 8; ++i) {
    std::shuffle(facts.begin(), facts.end(), random);
    std::string order;
    for (const std::string& fact : facts) order += fact + "\n";
    ASSERT_EQ(end_of(days, facts), first) << order;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, OrderIndependence, testing::Range(1, 31));

}  // namespace
}  // namespace lotbridge::lots
