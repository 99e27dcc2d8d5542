// SPDX-License-Identifier: Apache-2.0
// How English words sound, roughly: to find the written word behind a mis-heard one.
#pragma once

#include <string>
#include <string_view>

namespace parley::text {

// The consonants of a folded word in a coarse phonetic alphabet, after L. Philips' Metaphone (1990) with
// voiced and unvoiced sounds kept together (b/p, d/t, g/k, v/f, z/s), since a recogniser confuses them; a
// vowel is kept only in front, as "A". Empty for what holds no ASCII letter. "warranty", "wire and he": WRNT.
// Spaces are passed over, so that several words give the key of their being run together.
std::string sound_key(std::string_view folded);

// How alike two words sound, 0 to 1: one minus the edit distance of the keys over the longer one's length.
double sound_likeness(std::string_view key_a, std::string_view key_b);

}  // namespace parley::text
