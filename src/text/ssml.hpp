// SPDX-License-Identifier: Apache-2.0
// A subset of SSML 1.1 (https://www.w3.org/TR/speech-synthesis11/): speak, p, s, break, say-as, sub, phoneme
// and prosody.
#pragma once

#include "runtime/result.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::text {

// A stretch of text spoken in one way, and the silence behind it.
struct SsmlSpan {
  std::string text;                   // to be spoken, say-as and sub applied; may be empty
  double rate = 1.0;                  // 0.5 to 2.0, relative to the voice's own
  double pitch = 1.0;                 // 0.5 to 2.0
  double volume = 1.0;                // 0.0 to 2.0, a factor of amplitude
  std::string phonemes{};             // of a phoneme element, whose content is `text`
  std::string alphabet{};             // of the phonemes: "ipa" unless the element says otherwise
  std::chrono::milliseconds pause{};  // silence behind it, 10 s at most

  bool operator==(const SsmlSpan&) const = default;
};

inline constexpr std::size_t kLongestSsml = 64 * 1024;  // bytes
inline constexpr std::size_t kDeepestSsml = 32;         // elements inside each other

// Spans in the order of the document. White space is one space; the end of p and s ends a sentence.
// BAD_REQUEST with line and column for what is not well-formed, for elements and values outside the subset,
// and for documents over the limits.
runtime::Result<std::vector<SsmlSpan>> parse_ssml(std::string_view document);

}  // namespace parley::text
