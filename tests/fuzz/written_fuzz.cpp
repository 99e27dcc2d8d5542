// SPDX-License-Identifier: Apache-2.0
// Any bytes as words said, and a second reading as number words, which plain bytes rarely are.
#include "text/written.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"one",     "two",   "nine",     "ten",       "twenty", "five",    "hundred", "thousand",
       "million", "point", "oh",       "and",       "a",      "half",    "quarter", "past",
       "to",      "minus", "percent",  "dollars",   "cents",  "at",      "march",   "may",
       "third",   "of",    "the",      "nineteen",  "p",      "m",       "o'clock", "double",
       "plus",    "times", "equals",   "dot",       "com",    "slash",   "page",    "room",
       "in",      "from",  "is",       "twentieth", "or",     "between", "degrees", "kilometers",
       "per",     "hour",  "nineties", "hours",     "i",      "what",    "please"});
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const std::string plain = parley::text::written_text(source);
  if (source.find_first_not_of(' ') != std::string_view::npos && plain.empty()) std::abort();
  std::string words;
  for (const char c : source) {
    if (!words.empty()) words += ' ';
    words += kWords[static_cast<unsigned char>(c) % kWords.size()];
  }
  const std::string text = parley::text::written_text(words);
  if (text.size() > 2 * words.size() + 16) std::abort();
  return 0;
}
