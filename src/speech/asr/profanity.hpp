// SPDX-License-Identifier: Apache-2.0
// Strong language in transcripts, masked for those who ask for it (`asr.profanity = mask`).
#pragma once

#include "speech/types.hpp"

#include <string>
#include <string_view>

namespace parley::speech {

// Whether a word, in any case and without punctuation, is one that is masked: swear words and slurs of
// English. Whole words only: "Scunthorpe" and "assess" are not.
bool is_profane(std::string_view word);

// Every letter but the first of such words as an asterisk, in the text for readers, the words as said and the
// timed words. All else stays.
void mask_profanity(Transcript& transcript);

// The same for one text.
std::string masked_profanity(std::string_view text);

}  // namespace parley::speech
