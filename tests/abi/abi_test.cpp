// Old and new on both sides of the line: what was built for ABI 1.0 goes on working, and what is
// newer is read only as far as both know it.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include <lotbridge/detail/host_call.hpp>
#include <lotbridge/testing.hpp>

#include "daemon/host/loader.hpp"

namespace lotbridge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kDispatch =
    R"({"id": "S-1", "order": "1001", "lines": [{"sku": "GYP-500", "quantity": 2}]})";

TEST(Abi, AnOldConnectorInTodaysHost) {
  testing::Replay replay(OLD_CONNECTOR);
  replay.on_http = [](const HttpRequest&) { return HttpReply(200, {}, kDispatch); };
  EXPECT_THAT(replay.operations(), ElementsAre("account.check/1", "dispatches.pull/1"));
  const auto run = replay.pull("dispatches.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_EQ(run.documents.at(0).id, "S-1");
  EXPECT_THAT(run.cursors, ElementsAre("{\"v\": 1}"));
  EXPECT_EQ(replay.run("account.check/1").result, "{\"account\": \"old\"}");
}

TEST(Abi, TheDaemonTakesTheOldConnectorIn) {
  const auto loaded = host::load_connector({OLD_FOLDER}, "old", host::Isolation::in_process);
  ASSERT_TRUE(loaded.ok()) << loaded.problem().detail;
  EXPECT_THAT((*loaded)->operations, ElementsAre("account.check/1", "dispatches.pull/1"));
}

// A table that ends where 1.0 ends, with the end of readable memory right behind it: whoever reads
// further dies.
lb_host* old_table() {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  char* at = static_cast<char*>(
      mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(at + page, page, PROT_NONE);
  constexpr std::size_t kSizeThen = 104;
  lb_host today{};
  detail::fill_host_table(today);
  today.size = kSizeThen;
  today.abi_minor = 0;
  today.extension = [](const lb_host*, lb_bytes) -> const void* { return nullptr; };
  char* table = at + page - kSizeThen;
  std::memcpy(table, &today, kSizeThen);
  return reinterpret_cast<lb_host*>(table);
}

class OldHost final : public detail::HostCall {
 public:
  lb_status http(const lb_http_request&, const lb_http_response** out) override {
    *out = lent_.lend(HttpReply(200, {}, R"({"orders": [], "next": "", "name": "Demo"})"));
    return LB_OK;
  }
  lb_status emit(std::string_view, std::string_view) override { return LB_OK; }
  lb_status checkpoint(std::string_view) override { return LB_OK; }
  lb_status result(std::string_view json) override {
    answer = std::string(json);
    return LB_OK;
  }
  lb_status fail(const lb_error& error) override { return error.status; }
  void log(std::int32_t, std::string_view) override {}
  std::int64_t now_ms() override { return 0; }
  lb_status sleep(std::uint64_t) override { return LB_OK; }
  lb_status random(void*, std::size_t) override { return LB_OK; }
  bool cancelled() override { return false; }
  lb_status hmac(std::string_view, std::string_view, std::string_view, std::uint8_t*,
                 std::size_t*) override {
    return LB_UNSUPPORTED;
  }
  std::string answer;

 private:
  detail::LentReply lent_;
};

TEST(Abi, TodaysConnectorInAnOldHost) {
  const lb_connector& acme = testing::loaded_connector(ACME_FILE);
  OldHost host;
  const detail::LentText settings(R"({"shop": "demo"})"), input(R"({"cursor": null})");
  lb_instance* instance = nullptr;
  ASSERT_EQ(acme.open(old_table(), host.handle(), settings.view(), &instance), LB_OK);
  for (std::size_t n = 0; n < acme.op_count; ++n) {
    const std::string name = acme.ops[n].name;
    if (name == "account.check/1" || name == "orders.pull/1") {
      EXPECT_EQ(acme.ops[n].run(instance, host.handle(), input.view()), LB_OK) << name;
    }
  }
  EXPECT_EQ(host.answer, R"({"account":"Demo"})");
  acme.close(instance);
}

// What a later minor version may look like: longer structs, entries further apart.
struct LaterOp {
  lb_op op;
  std::uint64_t more;
};
struct LaterConnector {
  lb_connector connector;
  std::uint64_t more[4];
};

TEST(Abi, ANewerConnectorIsReadAsFarAsBothKnow) {
  static bool ran = false;
  ran = false;
  static const LaterOp ops[] = {
      {{sizeof(LaterOp), "account.check/1",
        [](lb_instance*, lb_call*, lb_bytes) -> lb_status { return LB_UNSUPPORTED; }},
       1},
      {{sizeof(LaterOp), "orders.pull/1",
        [](lb_instance*, lb_call*, lb_bytes) -> lb_status {
          ran = true;
          return LB_OK;
        }},
       2}};
  static const LaterConnector later = {
      {sizeof(LaterConnector),
       7,
       0,
       {"{}", 2},
       &ops[0].op,
       2,
       sizeof(LaterOp),
       [](const lb_host*, lb_call*, lb_bytes, lb_instance** out) -> lb_status {
         static int account;
         *out = reinterpret_cast<lb_instance*>(&account);
         return LB_OK;
       },
       [](lb_instance*) {}},
      {1, 2, 3, 4}};
  testing::Replay replay(later.connector);
  EXPECT_THAT(replay.operations(), ElementsAre("account.check/1", "orders.pull/1"));
  EXPECT_EQ(replay.pull("orders.pull/1").status, LB_OK);
  EXPECT_TRUE(ran);
}

// The frozen header is the beginning of today's: nothing of it was reworded into another meaning.
TEST(Abi, TheFrozenHeaderIsKept) {
  const auto text = [](const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  };
  const std::string frozen = text(FROZEN_HEADER), today = text(TODAYS_HEADER);
  ASSERT_THAT(frozen, HasSubstr("#define LB_ABI_MINOR 0"));
  if (LB_ABI_MINOR == 0) {
    EXPECT_EQ(today, frozen) << "a released header changes only with a new LB_ABI_MINOR";
  }
}

}  // namespace
}  // namespace lotbridge
