// SPDX-License-Identifier: Apache-2.0
// How sessions of the OpenAI Realtime protocol begin, and the keys that say so in advance.
#pragma once

#include "net/router.hpp"
#include "realtime/openai_session.hpp"
#include "realtime/parts.hpp"

#include <memory>

namespace parley::realtime {

// Of a session about which nobody has said anything yet.
SessionSettings initial_settings(const Parts& parts, bool transcription_only);

// apply_session(), for engines that speak the voice and know the language. Nothing is changed on an error.
runtime::Result<> apply_checked(const boost::json::value& session, const Parts& parts,
                                SessionSettings& settings);

// POST /v1/realtime/client_secrets
void add_openai_routes(net::Router& router, std::shared_ptr<const Parts> parts);

}  // namespace parley::realtime
