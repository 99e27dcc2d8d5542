// SPDX-License-Identifier: Apache-2.0
#include "speech/bias.hpp"

#include "speech/asr/question_forms.hpp"
#include "speech/asr/trigrams.hpp"
#include "text/sentences.hpp"
#include "text/speakable.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <cctype>
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

// The words of a sentence as somebody would say them.
std::vector<std::string> spoken_words(std::string_view sentence) {
  std::vector<std::string> words;
  for (auto& token : text::tokenize(text::speakable(sentence).text)) {
    if (is_sayable(token.text)) words.push_back(std::move(token.text));
  }
  return words;
}

}  // namespace

Bias::Bias(std::string arpa, std::vector<std::string> words)
    : arpa_(std::move(arpa)), words_(std::move(words)) {}

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
