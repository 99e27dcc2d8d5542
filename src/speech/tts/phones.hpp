// SPDX-License-Identifier: Apache-2.0
// The sounds of English in the International Phonetic Alphabet, as the engines that take sounds name them.
#pragma once

#include "runtime/result.hpp"

#include <string>
#include <string_view>

namespace parley::speech {

struct SpokenSounds {
  std::string flite;   // "t ax m aa t ow": the phones of its lexicon, parted by spaces
  std::string espeak;  // "t@m'A:toU": the mnemonics of its English voices
};

// Stress marks and lengths are read, dots, ties and spaces passed over. BAD_REQUEST (param "phonemes"),
// naming the symbol, for one that is not a sound of English; also for nothing, and for more than 200 bytes.
runtime::Result<SpokenSounds> read_ipa(std::string_view ipa);

}  // namespace parley::speech
