// SPDX-License-Identifier: Apache-2.0
// The plain WebSockets of the replaced systems: the conversational clone's JSON (/ws) and the assistant's
// binary stream (/stream, /audio/ingest).
#pragma once

#include "net/websocket.hpp"
#include "realtime/parts.hpp"

#include <memory>

namespace parley::realtime {

// A frame is JSON when it is a text frame and audio when it is a binary one. The caller is known by their
// token (caller.hpp) and goes on with the session of the query's `sessionId`, if it has one.
net::WebSocketHandler clone_handler(std::shared_ptr<const Parts> parts);
net::WebSocketHandler stream_handler(std::shared_ptr<const Parts> parts);

}  // namespace parley::realtime
