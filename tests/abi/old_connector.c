/* A connector as somebody wrote it for ABI 1.0, in plain C, with nothing but the header of that day: it asks the
 * platform for one order and hands it over. */
#include <lotbridge/connector.h>
#include <stdlib.h>
#include <string.h>

static const char descriptor[] =
    "{\"id\": \"old\", \"name\": \"Old\", \"version\": \"1.0.0\", \"abi\": \"1.0\", \"roles\": [\"carrier\"],\n"
    " \"config\": {\"type\": \"object\"}, \"hosts\": [\"old.example\"],\n"
    " \"limits\": {\"default\": {\"rate\": 5, \"burst\": 5}}}\n";

static lb_bytes text(const char *from) {
  lb_bytes out = {from, strlen(from)};
  return out;
}

struct lb_instance {
  const lb_host *host;
  int extras; /* how many host functions beyond 1.0 it was offered */
};

static lb_status get(const lb_host *host, lb_call *call, const char *url, const lb_http_response **out) {
  lb_http_request request;
  memset(&request, 0, sizeof request);
  request.size = sizeof request;
  request.method = text("GET");
  request.url = text(url);
  return host->http(call, &request, out);
}

static lb_status failed(const lb_host *host, lb_call *call, lb_status status, const char *why) {
  lb_error error;
  memset(&error, 0, sizeof error);
  error.size = sizeof error;
  error.status = status;
  error.message = text(why);
  return host->fail(call, &error);
}

static lb_status check(lb_instance *self, lb_call *call, lb_bytes input) {
  const lb_http_response *answer = NULL;
  lb_status status = get(self->host, call, "https://old.example/account", &answer);
  (void)input;
  if (status != LB_OK) return status;
  if (answer->code != 200) return failed(self->host, call, LB_AUTH, "the platform does not know us");
  return self->host->result(call, text("{\"account\": \"old\"}"));
}

static lb_status dispatches(lb_instance *self, lb_call *call, lb_bytes input) {
  const lb_http_response *answer = NULL;
  lb_status status = get(self->host, call, "https://old.example/dispatches", &answer);
  (void)input;
  if (status != LB_OK) return status;
  if (answer->code != 200) return failed(self->host, call, LB_RETRY, "the platform is in trouble");
  status = self->host->emit(call, text("dispatch/1"), answer->body);
  if (status != LB_OK) return status;
  return self->host->checkpoint(call, text("{\"v\": 1}"));
}

static lb_status open_account(const lb_host *host, lb_call *call, lb_bytes settings, lb_instance **out) {
  if (settings.len < 2 || settings.data[0] != '{' || settings.data[settings.len - 1] != '}')
    return failed(host, call, LB_CONFIG, "the settings are no object");
  *out = malloc(sizeof(lb_instance));
  if (*out == NULL) return LB_RETRY;
  (*out)->host = host;
  (*out)->extras = host->size > sizeof(lb_host);
  return LB_OK;
}

static void close_account(lb_instance *self) { free(self); }

static const lb_op ops[] = {{sizeof(lb_op), "account.check/1", check},
                            {sizeof(lb_op), "dispatches.pull/1", dispatches}};

const lb_connector lotbridge_connector_1 = {sizeof(lb_connector),
                                            LB_ABI_MINOR,
                                            0,
                                            {descriptor, sizeof descriptor - 1},
                                            ops,
                                            2,
                                            sizeof(lb_op),
                                            open_account,
                                            close_account};
