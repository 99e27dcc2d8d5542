// SPDX-License-Identifier: Apache-2.0
// WS /v1/realtime: the OpenAI Realtime protocol in front of a conversation session.
#pragma once

#include "net/websocket.hpp"
#include "realtime/parts.hpp"

#include <memory>

namespace parley::realtime {

// Serves connections until they close. On a server stop the turn under way is finished first, as far as the
// server's grace allows.
net::WebSocketHandler openai_handler(std::shared_ptr<const Parts> parts);

}  // namespace parley::realtime
