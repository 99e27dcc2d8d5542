// SPDX-License-Identifier: Apache-2.0
// /api/v1/speaker-profile: what is kept of the caller's voice, their consent, enrolment, and its end.
#pragma once

#include "net/router.hpp"
#include "realtime/parts.hpp"

#include <memory>

namespace parley::realtime {

// None when no voices are kept here.
void add_speaker_profile_routes(net::Router& router, std::shared_ptr<const Parts> parts);

}  // namespace parley::realtime
