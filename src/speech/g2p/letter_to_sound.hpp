// SPDX-License-Identifier: Apache-2.0
// How an English word is said, for words that a recogniser's dictionary does not hold.
#pragma once

#include "runtime/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace parley::speech {

// The phones of one word in the alphabet of CMUdict without stress, as PocketSphinx's dictionary has them:
// "warranty" gives W AO R AH N T IY. From Flite's lexicon of exceptions, else its letter-to-sound rules
// (A. Black, K. Lenzo, V. Pagel, "Issues in Building General Letter to Sound Rules", 1998). The case of the
// letters does not matter. A word without a vowel letter is spelled ("pdf"); what an apostrophe adds
// ("Anna's", "they'll") is said as English says it.
// BAD_REQUEST, with param "word", for a word that is empty, longer than 64 letters, or holds anything but
// the letters a to z and single apostrophes between or after them: write numbers as words and fold accents
// first. Any number of threads; about 20 µs.
runtime::Result<std::vector<std::string>> phones_of(std::string_view word);

// The names of the letters, one after the other: "pto" gives P IY T IY OW. Errors as of phones_of().
runtime::Result<std::vector<std::string>> spelled_phones(std::string_view word);

}  // namespace parley::speech
