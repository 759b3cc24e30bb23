/* lotbridge/connector.h - the whole binary contract between lotbridged and a connector.
 * C11 and C++20. Rules that hold everywhere unless a comment says otherwise:
 *   strings  UTF-8, pointer + length, not NUL-terminated, may hold any byte.
 *   memory   nobody frees what the other side allocated. Arguments are borrowed until the
 *            function returns; the host copies what it is given before it returns. Every buffer
 *            the host hands over has 64 readable zero bytes after it (simdjson parses in place).
 *   growth   structs only grow at the end; `size` is sizeof() as the writer compiled it; a reader
 *            never touches a field at or beyond `size`. Enum values are only added.
 *   threads  [instance]: one call at a time per instance, on any thread. [any]: from any thread. The host
 *            opens several instances per account (webhooks, pulls, writes); share nothing between them.
 *            A connector starts no thread, opens no socket, reads no file, never forks.
 *   errors   no C++ exception crosses this line in either direction. */
#ifndef LOTBRIDGE_CONNECTOR_H
#define LOTBRIDGE_CONNECTOR_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define LB_ABI_MAJOR 1 /* part of the entry symbol's name; a new major is a new symbol */
#define LB_ABI_MINOR 0 /* counts added fields, host functions and enum values */

typedef struct lb_bytes { const char *data; size_t len; } lb_bytes;

typedef int32_t lb_status; /* what the host does next is decided by this alone */
enum {
  LB_OK = 0,
  LB_RETRY = 1,        /* transient: try again with back-off, from the last checkpoint     */
  LB_RATE_LIMITED = 2, /* as LB_RETRY, not before lb_error.retry_after_ms                    */
  LB_AUTH = 3,         /* credential refused: refresh once, then pause and tell the operator */
  LB_CONFIG = 4,       /* the operator must change the configuration; never retried          */
  LB_BAD_RECORD = 5,   /* this call's whole input (webhook, instruction) is parked; one record of many: emit parked/1 */
  LB_CONFLICT = 6,     /* the platform's state moved on: read again, then decide             */
  LB_UNSUPPORTED = 7,  /* the platform cannot do this                                        */
  LB_CANCELLED = 8,    /* the host asked us to stop; return promptly                         */
  LB_BUG = 9           /* a broken promise on either side; the instance is quarantined       */
};

typedef struct lb_error {
  uint32_t size;
  lb_status status;
  lb_bytes message;     /* for an operator, one sentence, no secrets */
  lb_bytes path;        /* JSON Pointer into the input or the configuration, or empty */
  lb_bytes vendor_code; /* the platform's own code, or empty */
  uint64_t retry_after_ms;
} lb_error;

typedef struct lb_header { lb_bytes name, value; } lb_header;

typedef struct lb_http_request {
  uint32_t size;
  uint32_t timeout_ms;       /* 0: the host's default; always capped by the call's deadline */
  lb_bytes method, url;      /* url's host must match the descriptor's `hosts` */
  const lb_header *headers;  /* values and body may hold {{secret:NAME}}, also inside {{base64:...}} (Basic), filled in by the host */
  size_t header_count;
  lb_bytes body;
  lb_bytes bucket;           /* which declared rate-limit bucket pays; empty: "default" */
  uint32_t cost;             /* how much it pays, 0 means 1 */
  lb_bytes idempotency_key;  /* set: the host may repeat a non-GET after a lost answer */
} lb_http_request;

typedef struct lb_http_response { /* valid until the next host call on the same lb_call */
  uint32_t size;
  int32_t code;
  const lb_header *headers;  /* names in lower case */
  size_t header_count;
  lb_bytes body;
} lb_http_response;

typedef struct lb_call lb_call;         /* one running operation; owned by the host */
typedef struct lb_instance lb_instance; /* one configured account; owned by the connector */

/* Every function: [instance], inside the operation that got the lb_call. http, emit, checkpoint,
 * result and sleep_ms may wait: hold no lock and no active `catch` across them. */
typedef struct lb_host {
  uint32_t size;
  uint32_t abi_minor;
  /* Looks blocking. Waits for rate limits, retries what is safe, records or replays.
   * LB_OK: *out is filled, whatever the HTTP code. Otherwise nothing was answered. */
  lb_status (*http)(lb_call *, const lb_http_request *, const lb_http_response **out);
  /* Takes one record of `kind` ("order/1"). It is checked where it enters the daemon; a bad one is parked
   * alone and does not fail the call. Kind "parked/1" {kind, raw, path, message} parks what the
   * connector could not translate (call.each). */
  lb_status (*emit)(lb_call *, lb_bytes kind, lb_bytes json);
  /* Commits everything emitted since the last checkpoint together with `cursor`, atomically. LB_OK from
   * the operation commits the rest with the cursor unchanged; any other status discards it. */
  lb_status (*checkpoint)(lb_call *, lb_bytes cursor_json);
  /* The operation's answer, once, for operations that have one. */
  lb_status (*result)(lb_call *, lb_bytes json);
  /* Details for the status about to be returned; the last one counts. Returns its status. */
  lb_status (*fail)(lb_call *, const lb_error *);
  void (*log)(lb_call *, int32_t level, lb_bytes message); /* 0 trace .. 4 error */
  int64_t (*now_ms)(lb_call *);                            /* virtual under test */
  lb_status (*sleep_ms)(lb_call *, uint64_t);
  lb_status (*random)(lb_call *, void *to, size_t n);      /* seeded under test */
  int32_t (*cancelled)(lb_call *);
  /* HMAC; `secret` is a key template ("{{secret:NAME}}&" for OAuth 1.0a) the connector never sees; algorithm e.g. "sha256". */
  lb_status (*hmac)(lb_call *, lb_bytes secret, lb_bytes algorithm, lb_bytes data, uint8_t out[64],
                    size_t *out_len);
  /* Null if unknown. [any] For host features that are not for everybody. */
  const void *(*extension)(const struct lb_host *, lb_bytes id);
} lb_host;

/* Every operation has this one shape, so calls can be framed over a socket, recorded,
 * replayed, fuzzed and counted without the host knowing what they mean. [instance] */
typedef lb_status (*lb_op_fn)(lb_instance *, lb_call *, lb_bytes input_json);

typedef struct lb_op {
  uint32_t size;
  const char *name; /* "orders.pull/1": the number is the operation's own revision */
  lb_op_fn run;
} lb_op;

typedef struct lb_connector {
  uint32_t size;
  uint32_t abi_minor;          /* LB_ABI_MINOR as compiled */
  uint32_t abi_minor_required; /* refuse to load on a host older than this */
  lb_bytes descriptor_json;    /* schemas/descriptor.schema.json; equal, byte for byte, to the file beside */
  const lb_op *ops;
  size_t op_count;
  uint32_t op_size;            /* stride of `ops`, so lb_op can grow too */
  /* Parses the configuration; no I/O: `call` allows log, fail and now_ms only. */
  lb_status (*open)(const lb_host *, lb_call *, lb_bytes config_json, lb_instance **out);
  void (*close)(lb_instance *); /* never with an operation running; must not fail */
} lb_connector;

/* The only exported symbol; everything else is hidden by -Wl,--version-script. Constant data, so
 * reading what a file offers calls no function of it. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const lb_connector lotbridge_connector_1;

#ifdef __cplusplus
}
#endif
#endif
