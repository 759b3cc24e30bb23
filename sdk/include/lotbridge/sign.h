/* lotbridge/sign.h: the host feature "lotbridge.sign/1", signatures with a private key that the
 * connector never sees.
 *
 * For platforms whose requests or tokens carry a public-key signature. A connector gets it by
 * const lb_sign *sign = host->extension(host, "lotbridge.sign/1"); the function belongs to a running
 * operation and may wait. The key is a secret of the account, in PEM, which the descriptor declares
 * with "use": "sign". Where the result isn't LB_OK the host has noted the details, as lb_host.fail
 * does. */
#ifndef LOTBRIDGE_SIGN_H
#define LOTBRIDGE_SIGN_H
#include <lotbridge/connector.h>
#ifdef __cplusplus
extern "C" {
#endif

#define LB_SIGN_ID "lotbridge.sign/1"

typedef struct lb_sign {
  uint32_t size;
  /* `key` names the secret, `algorithm` is "rs256" (RSA PKCS#1 v1.5 with SHA-256), "rs512", "ps256"
   * (RSA-PSS with SHA-256) or "es256" (raw r and s, 64 bytes). The signature is lent until the next
   * call of a function of this table. */
  lb_status (*sign)(const struct lb_sign *, lb_call *, lb_bytes key, lb_bytes algorithm,
                    lb_bytes data, lb_bytes *signature);
} lb_sign;

#ifdef __cplusplus
}
#endif
#endif
