// Long random days, checked after every line: the state is the sum of the ledger, nothing blocked
// or expired is reserved, nothing is promised twice, what is refused or rolled back leaves nothing
// behind, and the same day ends the same way.
#include <algorithm>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include <lotbridge/values.hpp>

#include "case_runner.hpp"

namespace lotbridge::lots {
namespace {

// Writes a case file's lines at random; reading a failing one tells what happened.
class RandomDay {
 public:
  explicit RandomDay(std::uint64_t seed) : random_(seed) {}

  std::string write(int steps) {
    text_ << "warehouse BCN1\nowner route=MAD1,BCN1\nowner name=beta\n"
             "item YOG as=beta\nitem OAT as=beta\nitem ONE as=beta\n"
             "item YOG alert_days=3\nitem OAT min_remaining_days=2\nitem BOX untracked\n"
             "item SET components=YOG:2,OAT:1\nitem ONE max_lots=1\n"
             "item MIX template=X{YYMMDD}-{NN} yield=10\n";
    for (int i = 0; i < steps; ++i) step();
    for (const char* sku : {"YOG", "OAT", "BOX", "ONE"}) text_ << "stock " << sku << '\n';
    for (int i = 1; i <= orders_; ++i) text_ << "show O" << i << '\n';
    return text_.str();
  }

 private:
  int up_to(int most) { return static_cast<int>(random_() % static_cast<std::uint64_t>(most)) + 1; }
  bool chance(int percent) { return up_to(100) <= percent; }
  std::string pick(std::initializer_list<const char*> words) {
    return *(words.begin() + up_to(static_cast<int>(words.size())) - 1);
  }
  std::string lot() { return "L" + std::to_string(up_to(6)); }
  std::string date(int from_day) { return Date{day_ + from_day}.text(); }
  std::string order() {
    return "O" + std::to_string(up_to(std::max(1, orders_) + (chance(5) ? 1 : 0)));
  }
  std::string sku() { return pick({"YOG", "YOG", "OAT", "ONE"}); }
  std::string by() { return chance(50) ? " by=wms" : ""; }
  std::string at() { return chance(50) ? " at=" + pick({"A-01", "A-02"}) : ""; }
  std::string warehouse() { return chance(20) ? " in=BCN1" : ""; }

  void receive() {
    if (chance(15)) {
      text_ << "receive BOX - " << up_to(9) << warehouse() << '\n';
      return;
    }
    text_ << "receive " << sku() << ' ' << lot() << ' ' << up_to(12) << " id=R" << up_to(40) << by()
          << at() << warehouse();
    if (chance(80)) text_ << " expires=" << date(up_to(25) - 2);
    if (chance(10)) text_ << " status=quarantine";
    text_ << '\n';
  }
  void place_order() {
    const bool again = orders_ > 0 && chance(25);
    text_ << "order O" << (again ? up_to(orders_) : ++orders_) << " by=shop";
    if (chance(30)) text_ << " priority=" << up_to(3);
    if (chance(20)) text_ << " ship_on=" << date(up_to(4));
    if (chance(10)) text_ << " ship_complete=" << pick({"line", "order"});
    if (chance(10)) text_ << " min_remaining_days=" << up_to(9);
    if (chance(5)) text_ << " hold=fraud";
    if (chance(5)) text_ << " allocate=manual";
    text_ << ": ";
    const int lines = up_to(3);
    for (int i = 1; i <= lines; ++i) {
      text_ << (i > 1 ? "; " : "") << i << ' ' << pick({"YOG", "OAT", "BOX", "SET", "ONE", "NOPE"})
            << ' ' << up_to(7);
      if (chance(8)) text_ << " lot=" << lot();
      if (chance(8)) text_ << " multiple=" << up_to(3);
      if (chance(8)) text_ << " group=g";
    }
    text_ << '\n';
  }
  void dispatch() {
    text_ << "ship " << order() << by() << " id=S" << up_to(60) << ": " << up_to(3) << ' ';
    const int units = up_to(4);
    text_ << units;
    if (chance(15)) text_ << " sku=YOG";
    if (chance(60)) text_ << ' ' << lot() << '=' << (chance(80) ? units : up_to(5));
    text_ << '\n';
  }
  void transform() {
    text_ << "transform id=TF" << up_to(20) << by() << warehouse() << ": use " << sku() << ' '
          << lot() << ' ' << up_to(4);
    if (chance(40)) text_ << "; use " << sku() << ' ' << lot() << ' ' << up_to(2);
    text_ << "; make " << sku() << ' ' << lot() << ' ' << up_to(5);
    if (chance(40)) text_ << " expires=" << date(up_to(25) - 2);
    if (chance(30)) text_ << "; make MIX - " << up_to(3);
    text_ << '\n';
  }
  void correct() {
    text_ << "correct " << sku() << ' ' << lot() << by() << " id=LC" << up_to(30);
    if (chance(60)) text_ << " expires=" << date(up_to(25) - 2);
    if (chance(40)) text_ << " new=" << (chance(50) ? lot() : "M" + std::to_string(up_to(3)));
    text_ << '\n';
  }
  // Making, correcting and paying, beside the daily work.
  void rarer_step() {
    const int what = up_to(10);
    if (what <= 5) {
      transform();
    } else if (what <= 7) {
      correct();
    } else if (what <= 8) {
      text_ << "charge R" << up_to(40) << " freight " << up_to(9) << ".00EUR\n";
    } else {
      text_ << "void "
            << (chance(70) ? "transformation TF" + std::to_string(up_to(20))
                           : "receipt R" + std::to_string(up_to(40)))
            << by() << '\n';
    }
  }
  std::string transfer() { return "T" + std::to_string(up_to(8)); }
  // What is on its way, sold, ordered, scanned, reported twice, and settled later.
  void trade_step() {
    const int what = up_to(12);
    if (what <= 3) {
      text_ << "move " << sku() << ' ' << (chance(30) ? "-" : lot()) << ' ' << up_to(4)
            << " to_warehouse=BCN1 id=" << transfer() << by() << '\n';
    } else if (what <= 5) {
      text_ << "receive " << sku() << ' ' << (chance(20) ? "-" : lot()) << ' ' << up_to(4)
            << " in=BCN1 transfer=" << transfer() << " id=RT" << up_to(20) << by() << '\n';
    } else if (what <= 6) {
      text_ << "close-transfer " << transfer() << by() << '\n';
    } else if (what <= 7) {
      text_ << "void "
            << (chance(50) ? "transfer " + transfer() : "receipt RT" + std::to_string(up_to(20)))
            << by() << " in=BCN1\n";
    } else if (what <= 8) {
      text_ << "sell " << sku() << ' ' << lot() << ' ' << up_to(3) << by() << '\n';
    } else if (what <= 9) {
      text_ << "resolve dispatch S" << up_to(60) << by() << " id=RS" << up_to(20) << ": " << lot()
            << ' ' << up_to(2) << '\n';
    } else if (what <= 10) {
      text_ << "resolve return RB" << up_to(20) << by() << ": " << lot() << " 1\n";
    } else if (what <= 11) {
      text_ << "return " << order() << by() << " id=RB" << up_to(20) << ": " << up_to(3) << " 1\n";
    } else {
      text_ << "ship " << order() << by() << " shipment=SH" << up_to(9) << ": " << up_to(3) << " 1"
            << (chance(50) ? " " + lot() + "=1" : "") << '\n';
    }
  }
  void step() {
    if (chance(10)) return rarer_step();
    if (chance(15)) return trade_step();
    const int what = up_to(100);
    if (what <= 25) {
      receive();
    } else if (what <= 50) {
      place_order();
    } else if (what <= 65) {
      dispatch();
    } else if (what <= 70) {
      text_ << "pick " << order() << by() << ": " << up_to(3) << ' ' << (chance(50) ? "-" : lot())
            << ' ' << up_to(3) << (chance(15) ? " short=1" : "") << '\n';
    } else if (what <= 72) {
      text_ << "put-back " << order() << by() << ": " << up_to(3) << ' ' << lot() << " 1\n";
    } else if (what <= 76) {
      text_ << pick({"hold", "release"}) << " qa " << sku() << ' ' << lot() << by() << warehouse()
            << '\n';
    } else if (what <= 80) {
      text_ << "cancel " << order() << by() << (chance(50) ? "\n" : ": 1 1\n");
    } else if (what <= 84) {
      text_ << "return " << order() << by() << ": " << up_to(3) << " 1"
            << (chance(40) ? " " + lot() + "=1" : "") << '\n';
    } else if (what <= 88) {
      text_ << "count" << by() << at() << ": " << sku() << ' ' << lot() << ' ' << up_to(10) << '\n';
    } else if (what <= 91) {
      text_ << "adjust " << pick({"scrapped", "lost"}) << ' ' << sku() << ' ' << lot() << " -"
            << up_to(3) << by() << '\n';
    } else if (what <= 94) {
      text_ << "move " << sku() << ' ' << lot() << ' ' << up_to(3)
            << " from=available to=" << pick({"quarantine", "damaged", "A-02"}) << by() << '\n';
    } else if (what <= 96) {
      text_ << pick({"allocate", "reoptimize"}) << ' ' << order() << '\n';
    } else if (what <= 97) {
      text_ << "item OAT min_remaining_days=" << up_to(6) << '\n';
    } else if (what == 98 && chance(50)) {
      text_ << "reload\n";
    } else if (what <= 98) {
      text_ << "policy P warehouse=MAD1 min_remaining_days=" << up_to(5) << '\n';
    } else {
      text_ << "today " << Date{++day_}.text() << '\n';
    }
  }

  std::mt19937_64 random_;
  std::ostringstream text_;
  int orders_ = 0;
  std::int32_t day_ = Date::parse("2026-05-17")->days;
};

// The lines up to the first answer that must never come.
std::string first_fault(const std::string& answered) {
  const auto at = std::min(answered.find("> FAULT"), answered.find("> ??"));
  if (at == std::string::npos) return "";
  return answered.substr(0, answered.find('\n', at));
}

class RandomDays : public testing::TestWithParam<int> {};

TEST_P(RandomDays, KeepTheInvariantsAndEndTheSameWay) {
  const std::string day = RandomDay(static_cast<std::uint64_t>(GetParam())).write(220);
  const std::string answered = run_case(day);
  EXPECT_EQ(first_fault(answered), "");
  EXPECT_EQ(run_case(day), answered);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDays, testing::Range(1, 41));

// Equal stock in another order of arrival gives the same lots to the same orders.
TEST(Allocation, DoesNotDependOnTheOrderOfInsertion) {
  std::vector<std::string> receipts;
  for (int i = 0; i < 12; ++i) {
    receipts.push_back("receive YOG L" + std::to_string(100 - i) + " " + std::to_string(1 + i % 4) +
                       " expires=" + Date{20'600 + i % 3}.text() + " on=2026-05-1" +
                       std::to_string(i % 2));
  }
  const auto run = [&] {
    std::string text = "item YOG\n";
    for (const std::string& receipt : receipts) text += receipt + "\n";
    text += "order A: 1 YOG 7\norder B: 1 YOG 9\nshow A\nshow B\nstock YOG\n";
    const std::string answered = run_case(text);
    return answered.substr(answered.find("order A"));
  };
  const std::string first = run();
  std::mt19937_64 random(5);
  for (int i = 0; i < 10; ++i) {
    std::shuffle(receipts.begin(), receipts.end(), random);
    EXPECT_EQ(run(), first);
  }
}

}  // namespace
}  // namespace lotbridge::lots
