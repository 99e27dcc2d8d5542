// SPDX-License-Identifier: Apache-2.0
#include "text/word_error_rate.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace parley::text {

namespace {

using namespace std::string_view_literals;

constexpr std::array kOneForm{
    std::pair{"mr"sv, "mister"sv}, std::pair{"mrs"sv, "missus"sv}, std::pair{"missis"sv, "missus"sv},
    std::pair{"dr"sv, "doctor"sv}, std::pair{"ok"sv, "okay"sv},    std::pair{"st"sv, "saint"sv},
};

bool in_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '\'' || byte >= 0x80;
}

void add_word(std::string_view word, std::vector<std::string>& words) {
  const auto first = word.find_first_not_of('\'');
  if (first == std::string_view::npos) return;
  word = word.substr(first, word.find_last_not_of('\'') - first + 1);
  const auto* form =
      std::find_if(kOneForm.begin(), kOneForm.end(), [&](const auto& row) { return row.first == word; });
  words.emplace_back(form == kOneForm.end() ? word : form->second);
}

}  // namespace

std::vector<std::string> comparable_words(std::string_view text) {
  const std::string folded = fold(text);
  std::vector<std::string> words;
  for (std::size_t i = 0; i < folded.size();) {
    std::size_t end = i;
    while (end < folded.size() && in_word(folded[end])) ++end;
    if (end > i) add_word(std::string_view(folded).substr(i, end - i), words);
    i = end + 1;
  }
  return words;
}

std::size_t word_errors(const std::vector<std::string>& said, const std::vector<std::string>& heard) {
  std::vector<std::size_t> above(heard.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  std::vector<std::size_t> row(heard.size() + 1);
  for (std::size_t i = 1; i <= said.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= heard.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (said[i - 1] == heard[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
    }
    std::swap(above, row);
  }
  return above.back();
}

void WordErrorRate::add(std::string_view said, std::string_view heard) {
  const auto reference = comparable_words(said);
  words_ += reference.size();
  errors_ += word_errors(reference, comparable_words(heard));
}

double WordErrorRate::percent() const {
  return words_ == 0 ? 0 : 100.0 * static_cast<double>(errors_) / static_cast<double>(words_);
}

}  // namespace parley::text
