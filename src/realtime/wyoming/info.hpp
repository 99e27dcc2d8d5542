// SPDX-License-Identifier: Apache-2.0
// What Parley tells of itself to clients of Wyoming.
#pragma once

#include "conversation/session.hpp"
#include "realtime/wyoming/event.hpp"

namespace parley::realtime::wyoming {

// The answer to `describe`: recognition, voices and answers, by the engines at work now.
Event describe(const conversation::SessionParts& engines);

}  // namespace parley::realtime::wyoming
