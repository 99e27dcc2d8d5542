// SPDX-License-Identifier: Apache-2.0
// The recordings of the caller's own sessions: listed, fetched and deleted. Inside realtime only.
#pragma once

#include "net/router.hpp"
#include "realtime/parts.hpp"

#include <memory>

namespace parley::realtime {

// None where nothing is recorded.
void add_recording_routes(net::Router& router, std::shared_ptr<const Parts> parts);

}  // namespace parley::realtime
