// The TLS side of the listener: certificate and key from PEM files, TLS 1.2 and 1.3.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

#include <lotbridge/status.hpp>

namespace lotbridge::api {

// Refused with a sentence that names the file, never its content.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(
    const std::string& certificate_file, const std::string& private_key_file);

}  // namespace lotbridge::api
