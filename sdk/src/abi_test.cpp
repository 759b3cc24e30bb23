// The layout of ABI 1.0. A change here breaks every connector that was ever built: it needs a new
// major instead.
#include <cstddef>
#include <string>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <lotbridge/connector.h>
#include <lotbridge/files.h>

static_assert(sizeof(lb_bytes) == 16 && offsetof(lb_bytes, len) == 8);
static_assert(sizeof(lb_header) == 32 && offsetof(lb_header, value) == 16);

static_assert(sizeof(lb_error) == 64);
static_assert(offsetof(lb_error, status) == 4 && offsetof(lb_error, message) == 8);
static_assert(offsetof(lb_error, path) == 24 && offsetof(lb_error, vendor_code) == 40);
static_assert(offsetof(lb_error, retry_after_ms) == 56);

static_assert(sizeof(lb_http_request) == 112);
static_assert(offsetof(lb_http_request, timeout_ms) == 4 && offsetof(lb_http_request, method) == 8);
static_assert(offsetof(lb_http_request, url) == 24 && offsetof(lb_http_request, headers) == 40);
static_assert(offsetof(lb_http_request, header_count) == 48 &&
              offsetof(lb_http_request, body) == 56);
static_assert(offsetof(lb_http_request, bucket) == 72 && offsetof(lb_http_request, cost) == 88);
static_assert(offsetof(lb_http_request, idempotency_key) == 96);

static_assert(sizeof(lb_http_response) == 40);
static_assert(offsetof(lb_http_response, code) == 4 && offsetof(lb_http_response, headers) == 8);
static_assert(offsetof(lb_http_response, header_count) == 16 &&
              offsetof(lb_http_response, body) == 24);

static_assert(sizeof(lb_host) == 104);
static_assert(offsetof(lb_host, http) == 8 && offsetof(lb_host, emit) == 16);
static_assert(offsetof(lb_host, checkpoint) == 24 && offsetof(lb_host, result) == 32);
static_assert(offsetof(lb_host, fail) == 40 && offsetof(lb_host, log) == 48);
static_assert(offsetof(lb_host, now_ms) == 56 && offsetof(lb_host, sleep_ms) == 64);
static_assert(offsetof(lb_host, random) == 72 && offsetof(lb_host, cancelled) == 80);
static_assert(offsetof(lb_host, hmac) == 88 && offsetof(lb_host, extension) == 96);

static_assert(sizeof(lb_op) == 24 && offsetof(lb_op, name) == 8 && offsetof(lb_op, run) == 16);

static_assert(sizeof(lb_connector) == 72);
static_assert(offsetof(lb_connector, abi_minor) == 4 &&
              offsetof(lb_connector, abi_minor_required) == 8);
static_assert(offsetof(lb_connector, descriptor_json) == 16 && offsetof(lb_connector, ops) == 32);
static_assert(offsetof(lb_connector, op_count) == 40 && offsetof(lb_connector, op_size) == 48);
static_assert(offsetof(lb_connector, open) == 56 && offsetof(lb_connector, close) == 64);

static_assert(LB_ABI_MAJOR == 1 && LB_ABI_MINOR == 0 && LB_OK == 0 && LB_BUG == 9);

extern "C" std::size_t lotbridge_size_in_c(int which);

namespace {

TEST(Abi, TheHeaderMeansTheSameInC) {
  const std::size_t sizes[] = {
      sizeof(lb_host),  sizeof(lb_connector), sizeof(lb_http_request), sizeof(lb_http_response),
      sizeof(lb_error), sizeof(lb_op),        sizeof(lb_files)};
  int which = 0;
  for (const std::size_t size : sizes) EXPECT_EQ(lotbridge_size_in_c(which++), size);
}

TEST(Abi, AConnectorExportsOneSymbolAndItsDescriptor) {
  void* handle = dlopen(ACME_FILE, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(handle, nullptr) << dlerror();
  const auto* connector = static_cast<const lb_connector*>(dlsym(handle, "lotbridge_connector_1"));
  ASSERT_NE(connector, nullptr);
  EXPECT_EQ(connector->size, sizeof(lb_connector));
  EXPECT_EQ(connector->op_size, sizeof(lb_op));
  const std::string descriptor(connector->descriptor_json.data, connector->descriptor_json.len);
  EXPECT_EQ(descriptor.substr(0, 16), "{\n  \"id\": \"acme\"");
  EXPECT_TRUE(descriptor.ends_with("}\n"));
  // The SDK is linked in, but nobody outside can see or replace it.
  EXPECT_EQ(dlsym(handle, "_ZN9lotbridge11status_nameEi"), nullptr);
}

}  // namespace
