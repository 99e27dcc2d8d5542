// SPDX-License-Identifier: Apache-2.0
#include "speech/bias.hpp"

#include "speech/asr/question_forms.hpp"
#include "speech/asr/trigrams.hpp"
#include "text/sentences.hpp"
#include "text/speakable.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
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

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Names as texts write them, with the times that they do.
class Names {
 public:
  // Words with a capital and small letters behind it, several in a row as one; not what begins the sentence.
  void add(std::string_view sentence) {
    std::vector<std::string> name;
    const auto end_name = [&] {
      if (!name.empty()) ++counts_[joined(name)];
      name.clear();
    };
    bool first = true;
    for (std::size_t at = 0; at < sentence.size();) {
      const auto end = std::min(sentence.find_first_of(" \t\n", at), sentence.size());
      const std::string_view written = sentence.substr(at, end - at);
      at = end + 1;
      if (written.empty()) continue;
      const auto words = is_name(written) && !first ? spoken_words(written) : std::vector<std::string>();
      if (words.empty()) {
        end_name();
      } else {
        name.insert(name.end(), words.begin(), words.end());
        const bool closed = std::ispunct(static_cast<unsigned char>(written.back())) != 0;
        if (closed || name.size() >= kLongestName) end_name();
      }
      first = false;
    }
    end_name();
  }

  std::vector<std::string> most_frequent() const {
    std::vector<std::pair<std::size_t, std::string>> order;
    for (const auto& [name, count] : counts_) order.emplace_back(count, name);
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    if (order.size() > kMostNames) order.resize(kMostNames);
    std::vector<std::string> names;
    for (auto& [count, name] : order) names.push_back(std::move(name));
    return names;
  }

 private:
  static constexpr std::size_t kLongestName = 4;
  static constexpr std::size_t kMostNames = 200;

  static bool is_name(std::string_view written) {
    const auto begin = written.find_first_not_of("*_\"'([");
    if (begin == std::string_view::npos || begin + 1 >= written.size()) return false;
    return std::isupper(static_cast<unsigned char>(written[begin])) != 0 &&
           std::islower(static_cast<unsigned char>(written[begin + 1])) != 0;
  }

  std::map<std::string, std::size_t> counts_;
};

std::vector<std::string> phrases_of(const BiasSource& source, const Names& names) {
  std::vector<std::string> phrases;
  std::set<std::string> seen;
  const auto add = [&](std::string phrase) {
    if (!phrase.empty() && seen.insert(phrase).second) phrases.push_back(std::move(phrase));
  };
  for (auto phrase = source.phrases.rbegin(); phrase != source.phrases.rend(); ++phrase) {
    add(joined(spoken_words(*phrase)));
  }
  for (std::string& name : names.most_frequent()) add(std::move(name));
  return phrases;
}

}  // namespace

Bias::Bias(std::string arpa, std::vector<std::string> words, std::vector<std::string> phrases)
    : arpa_(std::move(arpa)), words_(std::move(words)), phrases_(std::move(phrases)) {}

std::shared_ptr<const Bias> Bias::from(const BiasSource& source, std::size_t most_words) {
  Trigrams trigrams;
  Names names;
  std::size_t taken = 0;
  for (const std::string& document : source.texts) {
    for (const text::Span& span : text::split_sentences(document)) {
      if (taken >= most_words) break;
      const auto sentence = std::string_view(document).substr(span.start, span.end - span.start);
      const auto words = spoken_words(sentence);
      taken += words.size();
      names.add(sentence);
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
  return std::shared_ptr<const Bias>(new Bias(trigrams.arpa(), trigrams.words(), phrases_of(source, names)));
}

}  // namespace parley::speech
