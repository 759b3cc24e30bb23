// Raw webhooks: stored once per delivery before anybody says 2xx, closed together with what they
// became.
#pragma once

#include "workbench.hpp"

namespace lotbridge::engine {

void store_webhook(Workbench&, const HookDelivery&);
// Records, cursor and webhook of one checkpoint, in the running batch.
void take_batch(Workbench&, const ConnectorBatch&);
void fail_webhook(Workbench&, std::int64_t id, bool retry, const std::string& error);
// Bodies that were dealt with long ago, and old events.
void purge_old(Workbench&);

}  // namespace lotbridge::engine
