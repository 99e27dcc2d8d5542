// SPDX-License-Identifier: Apache-2.0
// How a point of wall-clock time is written.
#pragma once

#include "runtime/clock.hpp"

#include <cstdint>
#include <string>

namespace parley::runtime {

// RFC 3339 in UTC with milliseconds: 2025-03-01T12:30:45.250Z.
std::string iso_time(WallTime time);

// Since 1970 in UTC, as JavaScript's Date counts.
std::int64_t unix_milliseconds(WallTime time);

}  // namespace parley::runtime
