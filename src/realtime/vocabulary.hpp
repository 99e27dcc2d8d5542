// SPDX-License-Identifier: Apache-2.0
// The words that a client expects to be heard: `prompt` and `keywords` of a session's transcription settings.
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace parley::realtime {

inline constexpr std::size_t kLongestPrompt = 8 * 1024;  // bytes
inline constexpr std::size_t kLongestKeyword = 200;      // bytes
inline constexpr std::size_t kMostKeywords = 200;        // from both together

// Reads both members of `transcription` into `vocabulary`: the keywords as they are, the prompt cut into
// phrases at commas, semicolons, line breaks and ends of sentences. Where the object has one of them, null
// too, what was there before is replaced; else it stays. BAD_REQUEST, naming the member, past the limits.
runtime::Result<> read_vocabulary(const boost::json::value& transcription,
                                  std::vector<std::string>& vocabulary);

}  // namespace parley::realtime
