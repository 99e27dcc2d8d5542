// SPDX-License-Identifier: Apache-2.0
#include "realtime/module.hpp"

#include "realtime/openai_server.hpp"
#include "realtime/session_routes.hpp"

#include <utility>

namespace parley::realtime {

void add_routes(net::Router& router, Parts parts) {
  router.websocket("/v1/realtime", {"realtime"}, openai_handler(parts.engines, parts.metrics));
  const auto shared = std::make_shared<const Parts>(std::move(parts));
  add_session_routes(router, shared);
}

}  // namespace parley::realtime
