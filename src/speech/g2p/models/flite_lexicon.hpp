// SPDX-License-Identifier: Apache-2.0
// Flite's pronunciations of American English (the lexicon cmulex).
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace parley::speech {

// Flite's phones of a word in lower case letters, with stress ("w", "ao1"); empty when it has none. Any
// number of threads.
std::vector<std::string> flite_phones(const std::string& word);

// Held by whoever makes Flite fill its tables, which are the whole library's.
std::unique_lock<std::mutex> lock_flite_setup();

}  // namespace parley::speech
