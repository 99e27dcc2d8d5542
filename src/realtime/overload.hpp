// SPDX-License-Identifier: Apache-2.0
// Who is turned away when the server has enough to do. Inside realtime only.
#pragma once

#include "net/router.hpp"
#include "realtime/parts.hpp"

#include <memory>

namespace parley::realtime {

// OVERLOADED, with a time to try again, while nobody new is let in (LoadStage::kRefusing).
runtime::Result<> takes_new_sessions(const Parts& parts);

// Asked before a WebSocket is accepted, so that who cannot be let in gets a 503: overload, or as many
// sessions in conversation as there may be. One that names its session has one, and is let in or not when it
// begins.
net::WebSocketGate conversation_gate(std::shared_ptr<const Parts> parts);

}  // namespace parley::realtime
