// SPDX-License-Identifier: Apache-2.0
// Words as said, made pleasant to read: "who is mister smith" becomes "Who is Mr. Smith?" as far as that can
// be done without knowing the names: first letter, "I", titles, final mark.
#pragma once

#include <string>
#include <string_view>

namespace parley::speech {

// `spoken` is lower-case words parted by single spaces. Empty gives empty.
std::string readable_text(std::string_view spoken);

}  // namespace parley::speech
