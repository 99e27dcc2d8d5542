// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/readable_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace parley::speech {

namespace {

using namespace std::string_view_literals;

constexpr std::array kWritten{
    std::pair{"i"sv, "I"sv},       std::pair{"i'm"sv, "I'm"sv},     std::pair{"i'll"sv, "I'll"sv},
    std::pair{"i've"sv, "I've"sv}, std::pair{"i'd"sv, "I'd"sv},     std::pair{"mister"sv, "Mr."sv},
    std::pair{"mr"sv, "Mr."sv},    std::pair{"missus"sv, "Mrs."sv}, std::pair{"mrs"sv, "Mrs."sv},
};

constexpr std::array kQuestionStarts{
    "who"sv,   "what"sv,  "what's"sv, "who's"sv, "where's"sv, "where"sv,  "when"sv,  "why"sv,
    "which"sv, "how"sv,   "whose"sv,  "is"sv,    "are"sv,     "was"sv,    "were"sv,  "do"sv,
    "does"sv,  "did"sv,   "can"sv,    "could"sv, "will"sv,    "would"sv,  "shall"sv, "should"sv,
    "may"sv,   "isn't"sv, "aren't"sv, "don't"sv, "doesn't"sv, "didn't"sv, "can't"sv,
};

}  // namespace

std::string readable_text(std::string_view spoken) {
  if (spoken.empty()) return {};
  std::string text;
  for (std::size_t start = 0; start < spoken.size();) {
    const std::size_t end = std::min(spoken.find(' ', start), spoken.size());
    const auto word = spoken.substr(start, end - start);
    const auto* written =
        std::find_if(kWritten.begin(), kWritten.end(), [&](const auto& row) { return row.first == word; });
    if (!text.empty()) text += ' ';
    text += written == kWritten.end() ? word : written->second;
    start = end + 1;
  }
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  const auto first = spoken.substr(0, spoken.find(' '));
  const bool question =
      std::find(kQuestionStarts.begin(), kQuestionStarts.end(), first) != kQuestionStarts.end();
  if (text.back() != '.') text += question ? '?' : '.';
  return text;
}

}  // namespace parley::speech
