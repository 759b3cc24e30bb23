/* The binary contract alone: no C++ face, no exceptions, every status by hand. */
#include <lotbridge/connector.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plain-c.descriptor.h" /* descriptor_json, made from descriptor.json */

struct lb_instance {
  const lb_host *host;
  char base[128];
};

static lb_bytes text(const char *from) {
  lb_bytes out = {from, strlen(from)};
  return out;
}

static lb_status fail(const lb_host *host, lb_call *call, lb_status status, const char *message, const char *path) {
  lb_error error = {sizeof error, status, text(message), text(path), {"", 0}, 0};
  if (status == LB_RATE_LIMITED) error.retry_after_ms = 60000;
  return host->fail(call, &error);
}

/* What a code means is decided here; the host acts on the status alone. */
static lb_status meaning(int code) {
  if (code == 401 || code == 403) return LB_AUTH;
  if (code == 404 || code == 409) return LB_CONFLICT;
  if (code == 429) return LB_RATE_LIMITED;
  return code >= 500 ? LB_RETRY : LB_BAD_RECORD;
}

static lb_status get(lb_instance *self, lb_call *call, const char *path, lb_bytes *body) {
  const lb_header header = {text("Authorization"), text("Bearer {{secret:token}}")};
  const lb_http_response *answer = NULL;
  char url[200];
  lb_http_request request = {sizeof request, 0, {"GET", 3}, {url, 0}, &header, 1, {"", 0}, {"", 0}, 1, {"", 0}};
  lb_status status;
  request.url.len = (size_t)snprintf(url, sizeof url, "%s%s", self->base, path);
  status = self->host->http(call, &request, &answer);
  if (status != LB_OK) return fail(self->host, call, status, "the platform did not answer", "");
  if (answer->code != 200) return fail(self->host, call, meaning(answer->code), "the platform refused", "");
  *body = answer->body;
  while (body->len > 0 && strchr(" \r\n\t", body->data[body->len - 1]) != NULL) --body->len;
  if (body->len < 2 || body->data[0] != '{' || body->data[body->len - 1] != '}')
    return fail(self->host, call, LB_RETRY, "the answer is not whole", "");
  return LB_OK;
}

static lb_status check(lb_instance *self, lb_call *call, lb_bytes input) {
  lb_bytes body;
  lb_status status = get(self, call, "/account", &body);
  (void)input;
  return status != LB_OK ? status : self->host->result(call, text("{\"account\": \"demo\"}"));
}

/* The platform speaks our own form of a dispatch; the daemon checks it. */
static lb_status dispatches(lb_instance *self, lb_call *call, lb_bytes input) {
  lb_bytes body;
  lb_status status = get(self, call, "/last-shipment", &body);
  (void)input;
  if (status != LB_OK) return status;
  if (body.len < 5 || strncmp(body.data, "{\"id\"", 5) != 0)
    return fail(self->host, call, LB_RETRY, "the answer is no shipment", "");
  return self->host->emit(call, text("dispatch/1"), body);
}

static lb_status open_account(const lb_host *host, lb_call *call, lb_bytes settings, lb_instance **out) {
  static const char key[] = "\"account\"";
  char json[400], *at, *end;
  if (settings.len < 2 || settings.len >= sizeof json || settings.data[settings.len - 1] != '}')
    return fail(host, call, LB_CONFIG, "the settings are too long or no object", "");
  memcpy(json, settings.data, settings.len);
  json[settings.len] = '\0';
  at = strstr(json, key);
  at = at == NULL ? NULL : strchr(at + sizeof key - 1, '"');
  end = at == NULL ? NULL : strchr(at + 1, '"');
  if (end == NULL || end - at > 60) return fail(host, call, LB_CONFIG, "the account is missing", "/account");
  *out = calloc(1, sizeof(lb_instance));
  if (*out == NULL) return LB_RETRY;
  (*out)->host = host;
  snprintf((*out)->base, sizeof(*out)->base, "https://%.*s.example", (int)(end - at - 1), at + 1);
  return LB_OK;
}

static void close_account(lb_instance *self) { free(self); }

static const lb_op ops[] = {{sizeof(lb_op), "account.check/1", check}, {sizeof(lb_op), "dispatches.pull/1", dispatches}};

const lb_connector lotbridge_connector_1 = {
    sizeof(lb_connector), LB_ABI_MINOR, 0,           {descriptor_json, sizeof descriptor_json}, ops, 2,
    sizeof(lb_op),        open_account, close_account};
