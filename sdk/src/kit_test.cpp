// The test kit's own words: mock host, matchers, builders, a platform over real HTTP, files in
// memory.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <lotbridge/files.h>
#include <lotbridge/builders.hpp>
#include <lotbridge/mock_host.hpp>
#include <lotbridge/scripted_platform.hpp>

namespace lotbridge::testing {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::NiceMock;
using ::testing::Not;
using ::testing::Return;

constexpr const char* kPage = R"({"orders": [{"id": "7", "created": "2026-05-16T08:00:00Z",
  "lines": [{"id": "1", "qty": 2}, {"id": "2", "qty": 1}]}], "next": ""})";
constexpr const char* kFromStart = R"({"cursor": null, "start_at": null})";

TEST(MockHost, ExpectsEachCallOfAConnector) {
  NiceMock<MockHost> host;
  EXPECT_CALL(host, answer(UrlIs("https://demo.acme.example/orders?after=")))
      .WillOnce(Return(HttpReply(200, {}, kPage)));
  EXPECT_CALL(host, take(EmitsOrder(AllOf(HasId("7"), HasLines(2)))));
  EXPECT_CALL(host, store(_)).Times(0);
  const lb_connector& acme = loaded_connector(ACME_FILE);
  EXPECT_EQ(host.run(acme, R"({"shop": "demo"})", "orders.pull/1", kFromStart), LB_OK);
}

TEST(MockHost, SaysWhyAnOperationFailed) {
  NiceMock<MockHost> host;
  EXPECT_CALL(host, answer(_)).WillOnce(Return(HttpReply(401, {}, "")));
  const lb_connector& acme = loaded_connector(ACME_FILE);
  EXPECT_EQ(host.run(acme, R"({"shop": "demo"})", "account.check/1"), LB_AUTH);
  EXPECT_NE(host.message(), "");
}

TEST(Matchers, LookIntoAnOutcome) {
  Replay replay(ACME_FILE, R"({"shop": "demo"})");
  replay.on_http = [](const HttpRequest&) { return HttpReply(200, {}, kPage); };
  const Outcome run = replay.pull("orders.pull/1");
  EXPECT_THAT(run, EndsWell());
  EXPECT_THAT(run, EmitsOrder(HasLines(2)));
  EXPECT_THAT(run, Not(EmitsOrder(HasLines(3))));
  EXPECT_THAT(run, Not(EmitsReceipt(HasLines(2))));
  EXPECT_THAT(replay.run("nothing/1"), EndsWith(LB_UNSUPPORTED));
}

TEST(Builders, MakeRecordsThatTheDaemonReads) {
  for (const Document& document :
       {Document(an_order("1001").line("1", "GYP-500", 2).version(3)),
        Document(a_receipt("R-1", "MAD1").line("GYP-500", "L1", 96, "2026-06-06"))}) {
    const auto read = read_document(document.type(), write_document(document));
    ASSERT_TRUE(read.ok()) << read.problem().detail;
    EXPECT_THAT(*read, HasLines(1));
  }
  EXPECT_TRUE(read_instruction(a_stamp("1001").lot("1", "GYP-500", "L1", 2).json()).ok());
}

TEST(Replay, TellsWhichPromisesWereBroken) {
  Replay replay(ACME_FILE, R"({"shop": "demo"})");
  replay.on_http = [](const HttpRequest&) { return HttpReply(200, {}, kPage); };
  EXPECT_EQ(replay.hold().status, LB_OK);
  const Outcome run = replay.pull("orders.pull/1");
  EXPECT_TRUE(run.broken.empty());
  EXPECT_EQ(run.calls, (std::vector<std::string>{"http", "emit"}));
  EXPECT_TRUE(replay.release().empty());
}

TEST(MemoryFiles, StandInForADrop) {
  MemoryFiles files;
  files.inbound["a.csv"] = "x";
  const auto* table = static_cast<const lb_files*>(files.table());
  const lb_file* first = nullptr;
  std::size_t count = 0, stride = 0;
  ASSERT_EQ(table->list(table, nullptr, &first, &count, &stride), LB_OK);
  ASSERT_EQ(count, 1u);
  ASSERT_EQ(table->finish(table, nullptr, {"a.csv", 5}, {"done", 4}, {"ok", 2}, {"", 0}), LB_OK);
  EXPECT_EQ(files.done.at("a.csv"), "x");
  EXPECT_TRUE(files.inbound.empty());
  files.on_call = [](const std::string&) { return LB_RETRY; };
  EXPECT_EQ(table->write(table, nullptr, {"b", 1}, {"y", 1}), LB_RETRY);
  EXPECT_TRUE(files.outbound.empty());
}

TEST(ScriptedPlatform, AnswersOverRealHttp) {
  ScriptedPlatform platform;
  platform.then({201, "made", {}, 0});
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string url = platform.url();
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::string request = "POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi";
  ASSERT_EQ(send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  char buffer[512];
  const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
  close(fd);
  ASSERT_GT(got, 0);
  EXPECT_NE(std::string(buffer, static_cast<std::size_t>(got)).find("HTTP/1.1 201"),
            std::string::npos);
  EXPECT_EQ(platform.received().at(0).body, "hi");
}

}  // namespace
}  // namespace lotbridge::testing
