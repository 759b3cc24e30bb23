#include "daemon/log/log.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace lotbridge::log {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class LogTest : public testing::Test {
 protected:
  LogTest() {
    setup(Level::info);
    divert([this](std::string_view line) { lines_.emplace_back(line); });
  }
  ~LogTest() override { divert({}); }
  std::vector<std::string> lines_;
};

TEST_F(LogTest, WritesOneJsonObjectPerLine) {
  info("request answered", {{"status", 200}, {"path", "/v1/items"}, {"test_clock", true}});
  ASSERT_THAT(lines_, SizeIs(1));
  EXPECT_THAT(lines_[0], HasSubstr(R"("level":"info","event":"request answered","status":200,)"
                                   R"("path":"/v1/items","test_clock":true})"));
}

TEST_F(LogTest, EscapesWhatWouldBreakTheLine) {
  warning("odd", {{"text", "a\"b\\c\nd\x01"}});
  EXPECT_THAT(lines_, ElementsAre(HasSubstr(R"("text":"a\"b\\c\nd\u0001"})")));
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheLevel) {
  debug("detail");
  EXPECT_THAT(lines_, SizeIs(0));
  EXPECT_FALSE(enabled(Level::debug));
  EXPECT_TRUE(enabled(Level::error));
}

TEST_F(LogTest, HidesSecretsWhereverTheyStand) {
  conceal("s3cr3t-token");
  conceal("abc");  // too short to be one
  error("s3cr3t-token refused", {{"text", "x s3cr3t-token y s3cr3t-token"}, {"other", "abc"}});
  ASSERT_THAT(lines_, SizeIs(1));
  EXPECT_THAT(lines_[0], Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(lines_[0], HasSubstr(R"("text":"x *** y ***","other":"abc")"));
}

}  // namespace
}  // namespace lotbridge::log
