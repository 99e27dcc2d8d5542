// SPDX-License-Identifier: Apache-2.0
// How English words sound, roughly: to find the written word behind a mis-heard one.
#pragma once

#include <string>
#include <string_view>

namespace parley::text {

// The sounds of a folded word, a letter each: consonants in upper case (J as in "judge", C as in "church",
// X as in "ship", Q as in "sing", 0 as in "thin"), vowels in lower case in seven classes (a bat, e bet or
// bait, i bit or beat, o bought or boat, u but, boot or bird, y bite, w bout). By rules of spelling, which
// are wrong for every sixth word or so, in ways that the likeness below forgives. What is no letter from a to
// z is passed over; several words are said one after the other. Empty when nothing is left. About 0.3 us.
std::string sounds_of(std::string_view folded);

// The consonants of such sounds in a coarse alphabet, with voiced and unvoiced ones kept together (b/p, d/t,
// g/k, v/f, z/s), since a recogniser confuses them, and a vowel only in front, as "A"; after L. Philips'
// Metaphone (1990). What sounds alike has keys that are alike, most often the same: "warranty" and "wire and
// he" are both WRNT.
std::string sound_key(std::string_view sounds);

// How alike two runs of sounds are, 0 to 1: one minus the cheapest edit from one to the other over the longer
// one's length, where changes that recognisers make (b for p, a vowel for another) cost less. At most 64
// sounds of each are compared.
double sound_likeness(std::string_view sounds_a, std::string_view sounds_b);

}  // namespace parley::text
