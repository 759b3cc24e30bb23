#include "daemon/api/server_connection.hpp"

#include "daemon/api/server_session.hpp"
#include "daemon/api/server_session_in.hpp"
#include "daemon/api/server_session_out.hpp"

namespace lotbridge::api {

void ServerShared::join(const std::shared_ptr<ConnectionBase>& connection) {
  const std::lock_guard lock(mutex_);
  connections_.emplace(connection.get(), connection);
}

void ServerShared::leave(ConnectionBase* connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(connection);
}

void ServerShared::wind_up_all() {
  std::vector<std::shared_ptr<ConnectionBase>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, connection] : connections_) {
      if (auto alive = connection.lock()) all.push_back(std::move(alive));
    }
  }
  for (const auto& connection : all) connection->wind_up();
}

void serve(Tcp socket, asio::ssl::context* context, std::shared_ptr<ServerShared> shared) {
  if (context == nullptr) {
    std::make_shared<Connection<Tcp>>(std::move(shared), std::move(socket))->begin();
  } else {
    std::make_shared<Connection<Tls>>(std::move(shared), std::move(socket), *context)->begin();
  }
}

}  // namespace lotbridge::api
