// SPDX-License-Identifier: Apache-2.0
// The protocols of live conversation as routes of a server.
#pragma once

#include "net/router.hpp"
#include "realtime/parts.hpp"

namespace parley::realtime {

// Adds the routes of README.md.
void add_routes(net::Router& router, Parts parts);

}  // namespace parley::realtime
