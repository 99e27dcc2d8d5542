// SPDX-License-Identifier: Apache-2.0
// A small statistical language model: which word follows the two before it, learnt from sentences.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace parley::speech {

// Counts trigrams and writes them as a back-off model, smoothed after Witten and Bell (1991): each context
// leaves to shorter ones as much as it has seen different words. One thread at a time.
class Trigrams {
 public:
  Trigrams();

  // Words in order, lower case. An open sentence is only a beginning: it tells nothing of where one ends.
  void add(std::span<const std::string> words, double weight = 1, bool open = false);

  bool empty() const { return sentences_ == 0; }
  double sentences() const { return sentences_; }  // sum of the weights

  // The words counted, without the marks of beginning and end.
  std::vector<std::string> words() const;

  // ARPA format, log10, with <s> and </s>.
  std::string arpa() const;

 private:
  using Id = std::uint32_t;
  static constexpr Id kBegin = 0;
  static constexpr Id kEnd = 1;
  // What was seen after a context.
  struct Followers {
    double total = 0;
    std::map<Id, double> counts;
    double left_over() const;  // the share given to shorter contexts
  };
  using Context = std::array<Id, 2>;

  Id id_of(const std::string& word);
  double unigram(Id word) const;
  double bigram(Id before, Id word) const;

  std::unordered_map<std::string, Id> ids_;
  std::vector<std::string> spelling_;
  Followers all_;
  std::map<Id, Followers> after_one_;
  std::map<Context, Followers> after_two_;
  double sentences_ = 0;
};

}  // namespace parley::speech
