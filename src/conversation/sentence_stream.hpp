// SPDX-License-Identifier: Apache-2.0
// Cuts a growing answer into sentences to speak, as early as each is known to be whole.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parley::conversation {

class SentenceStream {
 public:
  // Takes the next piece of text and gives the sentences that it completed. A sentence is complete when text
  // that follows it has begun.
  std::vector<std::string> push(std::string_view delta);
  // What is left, as sentences.
  std::vector<std::string> finish();

 private:
  std::string pending_;
};

}  // namespace parley::conversation
