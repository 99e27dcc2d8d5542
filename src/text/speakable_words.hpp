// SPDX-License-Identifier: Apache-2.0
// How words with signs, digits or capitals inside are read. Part of speakable().
#pragma once

#include <string>
#include <string_view>

namespace parley::text {

// "snake-case", "camelCase", "COVID-19", "src/main.cpp", "C++", "x^2": what is between letters is read, what
// no voice can read falls away.
std::string word_in_words(std::string_view core);

}  // namespace parley::text
