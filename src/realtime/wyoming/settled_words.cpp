// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/settled_words.hpp"

#include <algorithm>
#include <utility>

namespace parley::realtime::wyoming {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

}  // namespace

std::string SettledWords::next(std::string_view text) {
  std::vector<std::string> words = words_of(text);
  const auto differ = std::ranges::mismatch(words, before_).in1;
  const auto agreed = static_cast<std::size_t>(differ - words.begin());
  std::string added = tell(words, std::min(agreed, words.empty() ? 0 : words.size() - 1));
  before_ = std::move(words);
  return added;
}

std::string SettledWords::last(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  return tell(words, words.size());
}

std::string SettledWords::tell(const std::vector<std::string>& words, std::size_t until) {
  std::string added;
  for (; told_ < until; ++told_) {
    if (told_ > 0) added += ' ';
    added += words[told_];
  }
  return added;
}

}  // namespace parley::realtime::wyoming
