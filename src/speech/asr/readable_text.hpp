// SPDX-License-Identifier: Apache-2.0
// Words as said, made pleasant to read: what `Transcript::text` holds for engines that give bare words.
#pragma once

#include <string>
#include <string_view>

namespace parley::speech {

// `spoken` is lower-case English words parted by single spaces: "it costs five dollars" becomes "It costs
// $5." (see text/written.hpp). Empty gives empty.
std::string readable_text(std::string_view spoken);

}  // namespace parley::speech
