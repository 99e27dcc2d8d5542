// SPDX-License-Identifier: Apache-2.0
// In which language a text is written, as far as its script and its commonest words tell.
#pragma once

#include <string_view>

namespace parley::text {

// "en", "de", "uk": a code of two letters for some forty languages. Empty when that is not clear: a few
// words, names, or a language that is not known here; a text is taken for another language than English only
// when hardly anything speaks for English. At most the first 2,000 bytes are read; microseconds a sentence.
// Thread-safe; invalid UTF-8 is tolerated.
std::string_view language_of(std::string_view utf8);

}  // namespace parley::text
