// SPDX-License-Identifier: Apache-2.0
#include "realtime/module.hpp"

#include "realtime/caller.hpp"
#include "realtime/openai_server.hpp"
#include "realtime/plain_server.hpp"
#include "realtime/session_routes.hpp"

#include <memory>
#include <string>
#include <utility>

namespace parley::realtime {

void add_routes(net::Router& router, Parts parts) {
  const auto shared = std::make_shared<const Parts>(std::move(parts));
  const std::string token_protocol = std::string(kTokenProtocol) + "*";
  router.websocket("/v1/realtime", {"realtime"}, openai_handler(shared));
  router.websocket("/ws", {token_protocol}, clone_handler(shared));
  router.websocket("/stream", {token_protocol}, stream_handler(shared));
  router.websocket("/audio/ingest", {token_protocol}, stream_handler(shared));
  add_session_routes(router, shared);
}

}  // namespace parley::realtime
