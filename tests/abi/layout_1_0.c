/* The layout of ABI 1.0, as a C compiler sees it. Compiled twice: with the frozen header, and with today's,
 * whose structs may only be longer. */
#include <lotbridge/connector.h>
#include <stddef.h>

#ifdef LOTBRIDGE_FROZEN
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#else
#define SIZE(type, size) _Static_assert(sizeof(type) >= (size), #type)
#endif
#define AT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field)

SIZE(lb_bytes, 16);
AT(lb_bytes, len, 8);
SIZE(lb_header, 32);
AT(lb_header, value, 16);

SIZE(lb_error, 64);
AT(lb_error, size, 0);
AT(lb_error, status, 4);
AT(lb_error, message, 8);
AT(lb_error, path, 24);
AT(lb_error, vendor_code, 40);
AT(lb_error, retry_after_ms, 56);

SIZE(lb_http_request, 112);
AT(lb_http_request, size, 0);
AT(lb_http_request, timeout_ms, 4);
AT(lb_http_request, method, 8);
AT(lb_http_request, url, 24);
AT(lb_http_request, headers, 40);
AT(lb_http_request, header_count, 48);
AT(lb_http_request, body, 56);
AT(lb_http_request, bucket, 72);
AT(lb_http_request, cost, 88);
AT(lb_http_request, idempotency_key, 96);

SIZE(lb_http_response, 40);
AT(lb_http_response, code, 4);
AT(lb_http_response, headers, 8);
AT(lb_http_response, header_count, 16);
AT(lb_http_response, body, 24);

SIZE(lb_host, 104);
AT(lb_host, abi_minor, 4);
AT(lb_host, http, 8);
AT(lb_host, emit, 16);
AT(lb_host, checkpoint, 24);
AT(lb_host, result, 32);
AT(lb_host, fail, 40);
AT(lb_host, log, 48);
AT(lb_host, now_ms, 56);
AT(lb_host, sleep_ms, 64);
AT(lb_host, random, 72);
AT(lb_host, cancelled, 80);
AT(lb_host, hmac, 88);
AT(lb_host, extension, 96);

SIZE(lb_op, 24);
AT(lb_op, name, 8);
AT(lb_op, run, 16);

SIZE(lb_connector, 72);
AT(lb_connector, abi_minor, 4);
AT(lb_connector, abi_minor_required, 8);
AT(lb_connector, descriptor_json, 16);
AT(lb_connector, ops, 32);
AT(lb_connector, op_count, 40);
AT(lb_connector, op_size, 48);
AT(lb_connector, open, 56);
AT(lb_connector, close, 64);

_Static_assert(LB_ABI_MAJOR == 1, "another major is another symbol");
_Static_assert(LB_OK == 0 && LB_RETRY == 1 && LB_RATE_LIMITED == 2 && LB_AUTH == 3 && LB_CONFIG == 4, "statuses");
_Static_assert(LB_BAD_RECORD == 5 && LB_CONFLICT == 6 && LB_UNSUPPORTED == 7 && LB_CANCELLED == 8 && LB_BUG == 9,
               "statuses");
#ifdef LOTBRIDGE_FROZEN
_Static_assert(LB_ABI_MINOR == 0, "the frozen header is 1.0");
#endif

int lotbridge_layout_is_compiled;
