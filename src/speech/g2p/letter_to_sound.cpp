// SPDX-License-Identifier: Apache-2.0
#include "speech/g2p/letter_to_sound.hpp"

#include "speech/g2p/models/flite_lexicon.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace parley::speech {
namespace {

using Phones = std::vector<std::string>;

constexpr std::size_t kMaxLetters = 64;

constexpr std::array<std::string_view, 26> kLetterNames{"EY",
                                                        "B IY",
                                                        "S IY",
                                                        "D IY",
                                                        "IY",
                                                        "EH F",
                                                        "JH IY",
                                                        "EY CH",
                                                        "AY",
                                                        "JH EY",
                                                        "K EY",
                                                        "EH L",
                                                        "EH M",
                                                        "EH N",
                                                        "OW",
                                                        "P IY",
                                                        "K Y UW",
                                                        "AA R",
                                                        "EH S",
                                                        "T IY",
                                                        "Y UW",
                                                        "V IY",
                                                        "D AH B AH L Y UW",
                                                        "EH K S",
                                                        "W AY",
                                                        "Z IY"};

// What follows an apostrophe, other than "s", and how it is said.
struct Ending {
  std::string_view letters;
  std::string_view phones;
};
constexpr std::array kEndings{
    Ending{"ll", "AH L"}, Ending{"ve", "V"}, Ending{"re", "ER"}, Ending{"d", "D"}, Ending{"m", "M"},
};

void append(std::string_view spaced, Phones& phones) {
  while (!spaced.empty()) {
    const auto end = std::min(spaced.find(' '), spaced.size());
    phones.emplace_back(spaced.substr(0, end));
    spaced.remove_prefix(std::min(end + 1, spaced.size()));
  }
}

runtime::Result<std::string> lower_case(std::string_view word) {
  const auto refuse = [](const char* why) {
    return runtime::Error{runtime::ErrorCode::kBadRequest, why, "word"};
  };
  if (word.empty()) return refuse("a word to pronounce is empty");
  if (word.size() > kMaxLetters) return refuse("a word to pronounce is longer than 64 letters");
  std::string lower;
  for (const char c : word) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool apostrophe = c == '\'' && !lower.empty() && lower.back() != '\'';
    if (!letter && !apostrophe) {
      return refuse("a word to pronounce holds only the letters a to z and apostrophes after them");
    }
    lower.push_back(letter ? static_cast<char>(c | 0x20) : c);
  }
  return lower;
}

std::string without_apostrophes(std::string word) {
  std::erase(word, '\'');
  return word;
}

Phones spelled(std::string_view letters) {
  Phones phones;
  for (const char c : letters) append(kLetterNames[static_cast<std::size_t>(c - 'a')], phones);
  return phones;
}

// Flite writes lower case, a digit for the stress, and a schwa that CMUdict has as an unstressed AH.
std::string to_arpabet(std::string phone) {
  std::erase_if(phone, [](unsigned char c) { return std::isdigit(c) != 0; });
  for (char& c : phone) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return phone == "AX" ? "AH" : phone;
}

Phones said(const std::string& letters) {
  if (letters.find_first_of("aeiouy") == std::string::npos) return spelled(letters);
  Phones phones;
  for (auto& phone : flite_phones(letters)) phones.push_back(to_arpabet(std::move(phone)));
  return phones;
}

bool is_one_of(const std::string& phone, std::initializer_list<std::string_view> set) {
  return std::find(set.begin(), set.end(), phone) != set.end();
}

// "Max's" has a vowel before its S, "Pat's" an S, "Anna's" a Z.
void append_s(Phones& phones) {
  if (is_one_of(phones.back(), {"S", "Z", "SH", "ZH", "CH", "JH"})) {
    append("IH Z", phones);
  } else {
    append(is_one_of(phones.back(), {"P", "T", "K", "F", "TH"}) ? "S" : "Z", phones);
  }
}

}  // namespace

runtime::Result<Phones> phones_of(std::string_view word) {
  auto lower = lower_case(word);
  if (!lower) return lower.error();

  const auto apostrophe = lower->rfind('\'');
  std::string_view ending;
  if (apostrophe != std::string::npos) ending = std::string_view(*lower).substr(apostrophe + 1);
  const auto* known = std::find_if(kEndings.begin(), kEndings.end(),
                                   [&](const Ending& row) { return row.letters == ending; });
  const bool possessive = ending == "s";
  const bool separate = possessive || known != kEndings.end();

  Phones phones = said(without_apostrophes(separate ? lower->substr(0, apostrophe) : *lower));
  if (phones.empty()) {
    return runtime::Error{runtime::ErrorCode::kBadRequest, "there is no pronunciation for the word", "word"};
  }
  if (possessive) append_s(phones);
  if (known != kEndings.end()) append(known->phones, phones);
  return phones;
}

runtime::Result<Phones> spelled_phones(std::string_view word) {
  auto lower = lower_case(word);
  if (!lower) return lower.error();
  return spelled(without_apostrophes(std::move(*lower)));
}

}  // namespace parley::speech
