// SPDX-License-Identifier: Apache-2.0
// The commonest words of languages that share a script, for language_of().
#pragma once

#include <span>
#include <string_view>

namespace parley::text {

struct LanguageWords {
  std::string_view language;
  std::string_view words;    // parted by spaces, folded
  std::string_view letters;  // that hardly another language has, folded
};

// English holds every English word that the others list too, so that such a word speaks for both.
std::span<const LanguageWords> latin_words();
std::span<const LanguageWords> cyrillic_words();

}  // namespace parley::text
