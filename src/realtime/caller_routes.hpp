// SPDX-License-Identifier: Apache-2.0
// Routes that belong to whom the request's token names. Inside realtime only.
#pragma once

#include "net/router.hpp"
#include "realtime/parts.hpp"
#include "realtime/request_limit.hpp"

#include <memory>

namespace parley::realtime {

// The context is the caller's own.
using CallerCall = runtime::Task<net::Response> (*)(std::shared_ptr<const Parts>, accounts::Principal,
                                                    runtime::Context, net::Request);

// Calls `call` for the principal that the request's token names, or answers why there is none. Who is not the
// local user may ask as often as `limit` says.
net::Handler for_caller(std::shared_ptr<const Parts> parts, std::shared_ptr<RequestLimit> limit,
                        CallerCall call);

}  // namespace parley::realtime
