// SPDX-License-Identifier: Apache-2.0
#include "realtime/overload.hpp"

#include <utility>

namespace parley::realtime {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<> takes_new_sessions(const Parts& parts) {
  if (!parts.load->reaches(conversation::LoadStage::kRefusing)) return {};
  return Error{ErrorCode::kOverloaded, "the server is too busy for another session", "",
               std::chrono::seconds(5)};
}

net::WebSocketGate conversation_gate(std::shared_ptr<const Parts> parts) {
  return [parts = std::move(parts)](const net::Request& request) -> Result<> {
    if (request.query_value("sessionId") || request.query_value("conversation_id")) return {};
    const auto taken = takes_new_sessions(*parts);
    return taken ? parts->sessions->room() : taken;
  };
}

}  // namespace parley::realtime
