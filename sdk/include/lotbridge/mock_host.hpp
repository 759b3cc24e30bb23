// A host whose every function is a mock: for tests that say exactly which calls a connector makes.
//
//   NiceMock<MockHost> host;
//   EXPECT_CALL(host,
//   answer(UrlIs("https://demo.acme.example/shop"))).WillOnce(Return(HttpReply(200, {}, "{}")));
//   EXPECT_CALL(host, take(EmitsOrder(HasLines(2))));
//   EXPECT_EQ(host.run(lotbridge_connector_1, R"({"shop": "demo"})", "orders.pull/1", kInput),
//   LB_OK);
//
// By default requests get LB_RETRY, records and cursors are taken, the clock stands still and
// nothing is cancelled. For most tests Replay (testing.hpp) says more in less. Header only; needs
// GoogleMock. One thread.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include <lotbridge/detail/host_call.hpp>
#include <lotbridge/matchers.hpp>
#include <lotbridge/testing.hpp>

namespace lotbridge::testing {

MATCHER_P(UrlIs, url, "goes to " + ::testing::PrintToString(url)) { return arg.url == url; }

class MockHost : public detail::HostCall {
 public:
  MockHost() {
    using ::testing::_;
    using ::testing::Return;
    detail::fill_host_table(table_);
    table_.extension = [](const lb_host*, lb_bytes) -> const void* { return nullptr; };
    ON_CALL(*this, answer(_)).WillByDefault(Return(Answered(lb_status{LB_RETRY})));
    ON_CALL(*this, now_ms()).WillByDefault(Return(1'778'922'000'000));
  }

  MOCK_METHOD(Answered, answer, (const HttpRequest&));
  MOCK_METHOD(lb_status, take, (const Emitted&));
  MOCK_METHOD(lb_status, store, (const std::string& cursor));
  MOCK_METHOD(lb_status, result, (std::string_view json), (override));
  MOCK_METHOD(void, log, (std::int32_t level, std::string_view message), (override));
  MOCK_METHOD(std::int64_t, now_ms, (), (override));
  MOCK_METHOD(lb_status, sleep, (std::uint64_t milliseconds), (override));
  MOCK_METHOD(bool, cancelled, (), (override));

  // Opens an account, runs the operation, closes the account.
  lb_status run(const lb_connector& connector, const std::string& settings,
                const std::string& operation, const std::string& input = "{}") {
    const detail::LentText lent_settings(settings), lent_input(input);
    lb_instance* instance = nullptr;
    lb_status status = connector.open(&table_, handle(), lent_settings.view(), &instance);
    if (status != LB_OK) return status;
    status = LB_UNSUPPORTED;
    for (std::size_t n = 0; n < connector.op_count; ++n) {
      if (operation == connector.ops[n].name)
        status = connector.ops[n].run(instance, handle(), lent_input.view());
    }
    connector.close(instance);
    return status;
  }
  const std::string& message() const { return message_; }  // why it did not end well

 private:
  lb_status http(const lb_http_request& request, const lb_http_response** out) override {
    const Answered answered = answer(detail::request_of(request));
    if (const auto* status = std::get_if<lb_status>(&answered)) return *status;
    *out = lent_.lend(std::get<HttpReply>(answered));
    return LB_OK;
  }
  lb_status emit(std::string_view kind, std::string_view json) override {
    return take({std::string(kind), std::string(json)});
  }
  lb_status checkpoint(std::string_view cursor) override { return store(std::string(cursor)); }
  lb_status fail(const lb_error& error) override {
    message_ = std::string(detail::view_of(error.message));
    return error.status;
  }
  lb_status random(void* to, std::size_t bytes) override {
    std::fill_n(static_cast<unsigned char*>(to), bytes, static_cast<unsigned char>(7));
    return LB_OK;
  }
  lb_status hmac(std::string_view, std::string_view, std::string_view, std::uint8_t* out,
                 std::size_t* length) override {
    std::fill_n(out, 32, static_cast<std::uint8_t>(7));
    *length = 32;
    return LB_OK;
  }

  lb_host table_{};
  detail::LentReply lent_;
  std::string message_;
};

}  // namespace lotbridge::testing
