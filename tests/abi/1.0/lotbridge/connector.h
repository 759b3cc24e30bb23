/* lotbridge/connector.h: all that a connector and lotbridged share in binary form. C11 and C++20.
 *
 * What both sides may rely on:
 *   Text is a pointer and a length. It is UTF-8, has no closing NUL and may contain any byte.
 *   Memory stays with whoever allocated it. What a function is given is only lent for the time of the
 *   call, and the host keeps copies of what it needs. Behind every buffer that the host lends lie
 *   64 zero bytes that may be read, so that a vectorised JSON parser needs no copy.
 *   Structs grow at their end only. `size` holds sizeof() as the side that filled the struct knew it;
 *   a field that begins at or after `size` does not exist. Enumerations only gain values.
 *   One instance runs one call at a time, on whichever thread the host chooses. An account may be
 *   opened several times (for webhooks, for pulls, for instructions); instances share no state.
 *   A connector has no threads, sockets, files or processes of its own: the host does these for it.
 *   No C++ exception passes through a function of this header, in either direction. */
#ifndef LOTBRIDGE_CONNECTOR_H
#define LOTBRIDGE_CONNECTOR_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define LB_ABI_MAJOR 1 /* stands in the name of the exported symbol: another major, another symbol */
#define LB_ABI_MINOR 0 /* grows with every added field, host function or enumeration value */

typedef struct lb_bytes {
  const char *data;
  size_t len;
} lb_bytes;

/* How an operation ended. The host decides what happens next by this value and nothing else. */
typedef int32_t lb_status;
enum {
  LB_OK = 0,
  LB_RETRY = 1,        /* it may work later: again after a pause, from the last checkpoint */
  LB_RATE_LIMITED = 2, /* the same, but not before lb_error.retry_after_ms have passed */
  LB_AUTH = 3,         /* the platform refuses our credentials: the account pauses until they change */
  LB_CONFIG = 4,       /* a setting is wrong and a person must mend it; no attempt follows by itself */
  LB_BAD_RECORD = 5,   /* the input of this call can never work and is parked whole; one bad record
                          among good ones is emitted as "parked/1" instead */
  LB_CONFLICT = 6,     /* the platform's state is not what we thought: the next attempt reads it first */
  LB_UNSUPPORTED = 7,  /* this platform has no such thing */
  LB_CANCELLED = 8,    /* given back after the host asked the call to end */
  LB_BUG = 9           /* a promise was broken on one of the sides; repeated, it quarantines the account */
};

typedef struct lb_error {
  uint32_t size;
  lb_status status;
  lb_bytes message;     /* one sentence for the person who runs the daemon; never a secret */
  lb_bytes path;        /* JSON Pointer into the operation's input or the settings; may be empty */
  lb_bytes vendor_code; /* what the platform itself calls the error; may be empty */
  uint64_t retry_after_ms;
} lb_error;

typedef struct lb_header {
  lb_bytes name, value;
} lb_header;

/* In header values, url and body the host replaces {{secret:NAME}} by that secret, and
 * {{base64:TEXT}} by the base64 form of TEXT, in which secrets may stand (basic authentication). It does
 * so only for a request to a host that the descriptor allows for that secret. */
typedef struct lb_http_request {
  uint32_t size;
  uint32_t timeout_ms; /* 0 leaves it to the host; the deadline of the call cuts it in any case */
  lb_bytes method, url;
  const lb_header *headers;
  size_t header_count;
  lb_bytes body;
  lb_bytes bucket;          /* the rate limit of the descriptor that pays; empty: "default" */
  uint32_t cost;            /* how much it pays; 0 counts as 1 */
  lb_bytes idempotency_key; /* not empty: sending it twice does no harm, so the host may repeat it */
} lb_http_request;

/* Stays valid until the same call uses another host function. */
typedef struct lb_http_response {
  uint32_t size;
  int32_t code;
  const lb_header *headers; /* names in lower case */
  size_t header_count;
  lb_bytes body;
} lb_http_response;

typedef struct lb_call lb_call;         /* an operation that is running; belongs to the host */
typedef struct lb_instance lb_instance; /* an opened account; belongs to the connector */

/* What the host does for a connector. A function is used only inside the operation that was given the
 * lb_call, by the thread that runs it. http, emit, checkpoint, result and sleep_ms may take long and may come
 * back on another thread: no lock may be held and no exception be in flight while they run. */
typedef struct lb_host {
  uint32_t size;
  uint32_t abi_minor;
  /* Sends a request and waits for the answer, rate limits and harmless repeats included. LB_OK means that
   * *out holds an answer, of whatever code; every other status that there was none. */
  lb_status (*http)(lb_call *, const lb_http_request *, const lb_http_response **out);
  /* Hands over one record, for example of kind "order/1". The daemon checks it; a record that it can't
   * read is put aside alone and the call goes on. What the connector itself can't translate goes as kind
   * "parked/1": {"kind","raw","path","message"}, optionally with "id", "owner" and "origin". */
  lb_status (*emit)(lb_call *, lb_bytes kind, lb_bytes json);
  /* Stores what was emitted since the last checkpoint together with the cursor, all or nothing. A call that
   * ends with LB_OK stores what is left under the old cursor; any other end drops it. */
  lb_status (*checkpoint)(lb_call *, lb_bytes cursor_json);
  /* What the operation answers, where it has an answer. At most once. */
  lb_status (*result)(lb_call *, lb_bytes json);
  /* Explains the status that the operation is about to return. The last explanation counts. */
  lb_status (*fail)(lb_call *, const lb_error *);
  void (*log)(lb_call *, int32_t level, lb_bytes message); /* 0 trace, 1 debug, 2 info, 3 warning, 4 error */
  int64_t (*now_ms)(lb_call *);                            /* the daemon's clock, which a test may have set */
  lb_status (*sleep_ms)(lb_call *, uint64_t);
  lb_status (*random)(lb_call *, void *to, size_t n); /* the same numbers again under test */
  int32_t (*cancelled)(lb_call *);
  /* A keyed digest ("sha256", "sha1", "sha512") with a key that the connector never sees: `secret` is a text in
   * which {{secret:NAME}} stands for it. */
  lb_status (*hmac)(lb_call *, lb_bytes secret, lb_bytes algorithm, lb_bytes data, uint8_t out[64],
                    size_t *out_len);
  /* Features that only some connectors need, by name ("lotbridge.files/1"); null where the host has none
   * of that name. May be called at any time from any thread. */
  const void *(*extension)(const struct lb_host *, lb_bytes id);
} lb_host;

/* Every operation has this shape, whatever it means. That is what lets the host run it in another process,
 * record it, replay it and count it without knowing it. */
typedef lb_status (*lb_op_fn)(lb_instance *, lb_call *, lb_bytes input_json);

typedef struct lb_op {
  uint32_t size;
  const char *name; /* "orders.pull/1"; the number is the revision of this operation */
  lb_op_fn run;
} lb_op;

typedef struct lb_connector {
  uint32_t size;
  uint32_t abi_minor;          /* LB_ABI_MINOR of the header that it was compiled with */
  uint32_t abi_minor_required; /* a host with a smaller minor must refuse it */
  lb_bytes descriptor_json;    /* the bytes of the descriptor.json that lies beside the file */
  const lb_op *ops;
  size_t op_count;
  uint32_t op_size; /* distance of two entries of `ops`, so that lb_op may grow */
  /* Makes an instance of the settings. It does no I/O: of the call it may use log, fail, now_ms only. */
  lb_status (*open)(const lb_host *, lb_call *, lb_bytes config_json, lb_instance **out);
  void (*close)(lb_instance *); /* not while an operation of the instance runs; can't fail */
} lb_connector;

/* The one symbol that a connector exports. It is constant data: whoever reads what a file offers runs
 * none of its code. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const lb_connector lotbridge_connector_1;

#ifdef __cplusplus
}
#endif
#endif
