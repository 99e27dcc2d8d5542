// SPDX-License-Identifier: Apache-2.0
// Identifiers: a short prefix that tells what it names, and 96 random bits ("sess_3f…"). Thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace parley::runtime {

// "prefix_" followed by 24 lower-case hexadecimal digits from the system's cryptographic generator.
std::string make_id(std::string_view prefix);

}  // namespace parley::runtime
