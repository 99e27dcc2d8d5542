// SPDX-License-Identifier: Apache-2.0
// Characters beyond ASCII and HTML's names for them. Part of speakable().
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley::text {

// What a character is read as, or the symbol byte (speakable_rules.hpp) that rules know it by. Nothing for
// characters that are letters, digits or unknown.
std::optional<std::string_view> character_in_words(char32_t point);

// "&amp;", "&#8364;", "&#x20AC;" at the beginning of a text.
struct Entity {
  char32_t point = 0;
  std::size_t length = 0;
};
std::optional<Entity> parse_entity(std::string_view text);

// Letters of any script in the nearest ASCII ones, through ICU. One thread at a time.
class LatinLetters {
 public:
  LatinLetters();
  ~LatinLetters();
  LatinLetters(const LatinLetters&) = delete;
  LatinLetters& operator=(const LatinLetters&) = delete;

  // `latin`: all letters are of the Latin script. Empty when ICU has no rules for it.
  std::string spell(std::string_view letters, bool latin);

 private:
  struct Rules;
  std::unique_ptr<Rules> rules_;
};

}  // namespace parley::text
