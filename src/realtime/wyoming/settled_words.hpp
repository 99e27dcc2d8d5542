// SPDX-License-Identifier: Apache-2.0
// Transcripts change while somebody speaks; a streamed one can only grow. What is told of it are the words
// that stay.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::realtime::wyoming {

class SettledWords {
 public:
  // What to add to what was told before, possibly nothing: the words in which this text and the one before it
  // agree, but for the last, which may not be whole yet.
  std::string next(std::string_view text);
  // What is left of the final text. Words told before that it has otherwise stay as they were told.
  std::string last(std::string_view text);

 private:
  std::string tell(const std::vector<std::string>& words, std::size_t until);

  std::vector<std::string> before_;
  std::size_t told_ = 0;
};

}  // namespace parley::realtime::wyoming
