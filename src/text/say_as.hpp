// SPDX-License-Identifier: Apache-2.0
// Text read as what its author says it is (SSML's say-as).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::text {

// `interpret_as`: characters (or spell-out), digits, cardinal (or number), ordinal, date, time, telephone,
// currency. `format` orders the parts of a date: "mdy", "dmy", "ymd", "md", "my", "y", and so on. Gives
// words; what does not fit its kind is read as speakable() has it. Nothing for an unknown kind.
std::optional<std::string> say_as(std::string_view interpret_as, std::string_view format,
                                  std::string_view text);

}  // namespace parley::text
