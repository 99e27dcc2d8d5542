// SPDX-License-Identifier: Apache-2.0
// Text taken down to ASCII without its markup. Part of speakable().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley::text {

// Punctuation that a voice makes a pause of.
inline constexpr std::string_view kClauseMarks = ",.;:!?";

// ASCII, with the bytes of namespace symbol (speakable_rules.hpp) where a rule needs them, and for each byte
// the place in the source that it stands for.
struct FoldedText {
  std::string text;
  std::vector<std::uint32_t> from;
  std::vector<std::uint32_t> to;
};

// Drops Markdown, HTML tags, emoji and citation marks, ends lines that stand alone with a full stop, writes
// letters of other scripts in Latin ones and web addresses as the name of their host.
FoldedText fold_for_speech(std::string_view utf8);

}  // namespace parley::text
