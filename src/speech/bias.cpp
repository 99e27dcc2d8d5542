// SPDX-License-Identifier: Apache-2.0
#include "speech/bias.hpp"

#include "speech/asr/question_forms.hpp"
#include "speech/asr/trigrams.hpp"
#include "text/numbers.hpp"
#include "text/sentences.hpp"
#include "text/speakable.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <charconv>
#include <utility>

namespace parley::speech {

namespace {

// Half of what people say to documents are questions about them.
constexpr double kQuestionShare = 0.5;
// A short collection still leaves room for every way to ask.
constexpr double kFewestQuestions = 300;
constexpr double kPhraseWeight = 3;
constexpr std::size_t kLongestWord = 30;

bool is_sayable(std::string_view word) {
  return word.size() <= kLongestWord &&
         std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::isalpha(c) != 0; }) &&
         std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '\''; });
}

void append(std::string_view spoken, std::vector<std::string>& words) {
  for (auto& token : text::tokenize(spoken)) words.push_back(std::move(token.text));
}

// "2014" is said in pairs.
bool is_year(std::int64_t number) { return number >= 1100 && number <= 2099 && number / 100 != 20; }
bool is_recent_year(std::int64_t number) { return number >= 2010 && number <= 2099; }

void append_number(std::int64_t number, std::vector<std::string>& words) {
  if ((is_year(number) && number % 100 != 0) || is_recent_year(number)) {
    append(text::number_words(number / 100), words);
    number %= 100;
    if (number < 10) words.emplace_back("oh");
  }
  append(text::number_words(number), words);
}

// The words of a sentence as somebody would say them.
std::vector<std::string> spoken_words(std::string_view sentence) {
  std::vector<std::string> words;
  for (const auto& token : text::tokenize(text::speakable(sentence).text)) {
    const std::string& word = token.text;
    if (is_sayable(word)) {
      words.push_back(word);
      continue;
    }
    std::int64_t number = 0;
    const char* end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, number);
    if (read.ec != std::errc() || number < 0 || number > 1'000'000'000) continue;
    if (read.ptr == end) {
      append_number(number, words);
    } else if (end - read.ptr == 2 && std::isalpha(static_cast<unsigned char>(*read.ptr)) != 0) {
      append(text::ordinal_words(number), words);
    }
  }
  return words;
}

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

Bias::Bias(std::string arpa, std::vector<std::string> words)
    : id_(next_id()), arpa_(std::move(arpa)), words_(std::move(words)) {}

std::shared_ptr<const Bias> Bias::from(const BiasSource& source, std::size_t most_words) {
  Trigrams trigrams;
  std::size_t taken = 0;
  for (const std::string& document : source.texts) {
    for (const text::Span& span : text::split_sentences(document)) {
      if (taken >= most_words) break;
      const auto words = spoken_words(std::string_view(document).substr(span.start, span.end - span.start));
      taken += words.size();
      trigrams.add(words);
    }
  }
  for (const std::string& phrase : source.phrases) trigrams.add(spoken_words(phrase), kPhraseWeight);
  if (trigrams.empty()) return nullptr;
  const auto& forms = question_forms();
  const double questions =
      std::max(kFewestQuestions, trigrams.sentences() * kQuestionShare / (1 - kQuestionShare));
  for (const auto& form : forms) {
    trigrams.add(form, questions / static_cast<double>(forms.size()), true);
  }
  return std::shared_ptr<const Bias>(new Bias(trigrams.arpa(), trigrams.words()));
}

}  // namespace parley::speech
