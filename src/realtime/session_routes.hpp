// SPDX-License-Identifier: Apache-2.0
// POST /session/create and its companions, also below /api.
#pragma once

#include "net/router.hpp"
#include "realtime/parts.hpp"

#include <memory>

namespace parley::realtime {

void add_session_routes(net::Router& router, std::shared_ptr<const Parts> parts);

}  // namespace parley::realtime
