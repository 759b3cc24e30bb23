#include "daemon/api/tls.hpp"

#include <openssl/ssl.h>

namespace lotbridge::api {

Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(
    const std::string& certificate_file, const std::string& private_key_file) {
  namespace ssl = boost::asio::ssl;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                           ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                           ssl::context::no_tlsv1_1,
                       error);
  if (!error) context->use_certificate_chain_file(certificate_file, error);
  if (error) {
    return Problem{
        "invalid_value",
        "The certificate " + certificate_file + " cannot be used: " + error.message() + ".",
        {}};
  }
  context->use_private_key_file(private_key_file, ssl::context::pem, error);
  if (!error && SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return Problem{"invalid_value",
                   "The private key " + private_key_file + " does not belong to the certificate.",
                   {}};
  }
  if (error) {
    return Problem{
        "invalid_value",
        "The private key " + private_key_file + " cannot be used: " + error.message() + ".",
        {}};
  }
  return context;
}

}  // namespace lotbridge::api
