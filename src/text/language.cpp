// SPDX-License-Identifier: Apache-2.0
#include "text/language.hpp"

#include "text/language_words.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <unicode/uscript.h>
#include <unicode/utf8.h>

namespace parley::text {

namespace {

constexpr std::size_t kRead = 2000;  // bytes
// What a language needs before it is believed: about two words that no other has, and by how much it must
// lead. Nobody minds a foreign sentence in an English voice as much as an English one in a foreign voice.
constexpr double kEnough = 1.5;
constexpr double kLead = 1.15;
constexpr double kLeadOverEnglish = 2;
constexpr double kLetterWeight = 0.8;

// Scripts that say enough by themselves. Those of several languages give the one that most texts are in.
struct ScriptLanguage {
  UScriptCode script;
  std::string_view language;
};
constexpr ScriptLanguage kScripts[] = {
    {USCRIPT_GREEK, "el"},    {USCRIPT_HEBREW, "he"},   {USCRIPT_ARABIC, "ar"},   {USCRIPT_DEVANAGARI, "hi"},
    {USCRIPT_BENGALI, "bn"},  {USCRIPT_GURMUKHI, "pa"}, {USCRIPT_GUJARATI, "gu"}, {USCRIPT_TAMIL, "ta"},
    {USCRIPT_TELUGU, "te"},   {USCRIPT_KANNADA, "kn"},  {USCRIPT_THAI, "th"},     {USCRIPT_MALAYALAM, "ml"},
    {USCRIPT_GEORGIAN, "ka"}, {USCRIPT_ARMENIAN, "hy"}, {USCRIPT_HANGUL, "ko"},   {USCRIPT_HAN, "zh"},
    {USCRIPT_HIRAGANA, "ja"}, {USCRIPT_KATAKANA, "ja"}, {USCRIPT_SINHALA, "si"},  {USCRIPT_ETHIOPIC, "am"},
    {USCRIPT_CYRILLIC, "ru"},
};

struct Letters {
  std::unordered_map<int, std::size_t> by_script;
  std::size_t all = 0;
  bool persian = false;
  bool urdu = false;
};

Letters letters_of(std::string_view utf8) {
  Letters letters;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
  const auto size = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(bytes, at, size, c);
    if (c < 0) continue;
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(c, &status);
    if (U_FAILURE(status) || script <= USCRIPT_INHERITED) continue;
    ++letters.by_script[script];
    ++letters.all;
    letters.persian = letters.persian || c == 0x067E || c == 0x0686 || c == 0x0698 || c == 0x06AF;
    letters.urdu = letters.urdu || c == 0x0679 || c == 0x0688 || c == 0x0691 || c == 0x06D2;
  }
  return letters;
}

// The words of a group of languages, with a bit for each language that has one.
class Vocabulary {
 public:
  explicit Vocabulary(std::span<const LanguageWords> languages) : languages_(languages) {
    for (std::size_t i = 0; i < languages.size(); ++i) {
      std::string_view left = languages[i].words;
      while (!left.empty()) {
        const std::size_t end = std::min(left.find(' '), left.size());
        words_[left.substr(0, end)] |= std::uint32_t{1} << i;
        left.remove_prefix(std::min(end + 1, left.size()));
      }
      for_each_letter(languages[i].letters,
                      [&](std::string_view letter) { letters_[letter] |= std::uint32_t{1} << i; });
    }
  }

  // The language that most speaks for, or empty.
  std::string_view judge(std::string_view utf8) const {
    std::vector<double> scores(languages_.size());
    // Each counts once: names and formulas repeat themselves.
    std::set<std::string> words;
    for (Token& token : tokenize(utf8)) words.insert(std::move(token.text));
    for (const std::string& word : words) {
      const auto found = words_.find(word);
      if (found != words_.end()) spread(scores, found->second, 1);
    }
    std::set<std::string_view> seen;
    const std::string folded = fold(utf8);
    for_each_letter(folded, [&](std::string_view letter) {
      const auto found = letters_.find(letter);
      if (found != letters_.end() && seen.insert(letter).second) spread(scores, found->second, kLetterWeight);
    });
    const auto best = std::max_element(scores.begin(), scores.end());
    if (*best < kEnough) return {};
    const bool english = languages_[0].language == "en";
    for (auto other = scores.begin(); other != scores.end(); ++other) {
      if (other == best) continue;
      const double lead = english && other == scores.begin() ? kLeadOverEnglish : kLead;
      if (*best < *other * lead) return {};
    }
    return languages_[static_cast<std::size_t>(best - scores.begin())].language;
  }

 private:
  using Map = std::unordered_map<std::string_view, std::uint32_t>;

  static void spread(std::vector<double>& scores, std::uint32_t languages, double weight) {
    const double share = weight / std::max(std::popcount(languages), 1);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if ((languages >> i & 1U) != 0) scores[i] += share;
    }
  }

  template <class F>
  static void for_each_letter(std::string_view utf8, F&& take) {
    for (std::size_t begin = 0; begin < utf8.size();) {
      std::size_t end = begin + 1;
      while (end < utf8.size() && (utf8[end] & 0xC0) == 0x80) ++end;
      take(utf8.substr(begin, end - begin));
      begin = end;
    }
  }

  std::span<const LanguageWords> languages_;
  Map words_;
  Map letters_;
};

std::string_view by_words(std::string_view utf8, UScriptCode script) {
  static const Vocabulary latin(latin_words());
  static const Vocabulary cyrillic(cyrillic_words());
  return (script == USCRIPT_LATIN ? latin : cyrillic).judge(utf8);
}

}  // namespace

std::string_view language_of(std::string_view utf8) {
  utf8 = utf8.substr(0, kRead);
  const Letters letters = letters_of(utf8);
  const auto most = std::max_element(letters.by_script.begin(), letters.by_script.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  // A word in another script is often a name.
  if (most == letters.by_script.end() || most->second * 2 < letters.all) return {};
  const auto script = static_cast<UScriptCode>(most->first);
  if (script == USCRIPT_LATIN) return by_words(utf8, script);
  if (script == USCRIPT_CYRILLIC) {
    const auto language = by_words(utf8, script);
    if (!language.empty()) return language;
  }
  if (script == USCRIPT_ARABIC && letters.urdu) return "ur";
  if (script == USCRIPT_ARABIC && letters.persian) return "fa";
  const bool kana =
      letters.by_script.contains(USCRIPT_HIRAGANA) || letters.by_script.contains(USCRIPT_KATAKANA);
  if (script == USCRIPT_HAN && kana) return "ja";
  const auto row = std::find_if(std::begin(kScripts), std::end(kScripts),
                                [&](const auto& each) { return each.script == script; });
  return row == std::end(kScripts) ? std::string_view() : row->language;
}

}  // namespace parley::text
