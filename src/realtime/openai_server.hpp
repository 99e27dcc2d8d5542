// SPDX-License-Identifier: Apache-2.0
// WS /v1/realtime: the OpenAI Realtime protocol in front of a conversation session.
#pragma once

#include "conversation/session.hpp"
#include "net/websocket.hpp"
#include "runtime/metrics.hpp"

namespace parley::realtime {

// Serves connections until they close. On a server stop the turn under way is finished first, as far as the
// server's grace allows. `parts` are shared by all connections.
net::WebSocketHandler openai_handler(conversation::SessionParts parts, runtime::Metrics& metrics);

}  // namespace parley::realtime
