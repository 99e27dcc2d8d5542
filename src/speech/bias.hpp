// SPDX-License-Identifier: Apache-2.0
// What a recogniser should expect to hear: the words and phrases of somebody's documents, and the ways to
// ask about them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace parley::speech {

// What a bias is made from.
struct BiasSource {
  std::vector<std::string> texts = {};    // documents as written
  std::vector<std::string> phrases = {};  // names, products: each may stand alone or anywhere in a sentence
};

// Immutable, so that recognisers share it. Holds words from the documents: it belongs to their tenant.
class Bias {
 public:
  // Reads the texts in order until `most_words` have been taken. About a second for 500,000 words. Null when
  // there is nothing in them to say.
  static std::shared_ptr<const Bias> from(const BiasSource& source, std::size_t most_words = 500'000);

  // The language model of what is expected, in ARPA format.
  const std::string& arpa() const { return arpa_; }
  // Its words: letters and apostrophes, lower case.
  const std::vector<std::string>& words() const { return words_; }
  // What is worth preferring by itself, for engines that know English already: the phrases of the source, the
  // last first, and the names in its texts (what they write with a capital inside sentences), the most
  // frequent first. Lower case, words parted by single spaces; none twice.
  const std::vector<std::string>& phrases() const { return phrases_; }

 private:
  Bias(std::string arpa, std::vector<std::string> words, std::vector<std::string> phrases);

  std::string arpa_;
  std::vector<std::string> words_;
  std::vector<std::string> phrases_;
};

}  // namespace parley::speech
