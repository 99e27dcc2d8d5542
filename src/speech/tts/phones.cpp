// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/phones.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace parley::speech {

namespace {

constexpr std::size_t kLongest = 200;

struct Sound {
  std::string_view ipa;
  std::string_view flite;  // empty: it has no part in Flite's phones
  std::string_view espeak;
};

// The first that fits is taken: longer symbols stand before their beginnings.
constexpr Sound kSounds[] = {
    {"tʃ", "ch", "tS"}, {"t͡ʃ", "ch", "tS"}, {"ʧ", "ch", "tS"},  {"dʒ", "jh", "dZ"}, {"d͡ʒ", "jh", "dZ"},
    {"ʤ", "jh", "dZ"},  {"aɪ", "ay", "aI"}, {"aʊ", "aw", "aU"}, {"eɪ", "ey", "eI"}, {"ɔɪ", "oy", "OI"},
    {"oʊ", "ow", "oU"}, {"əʊ", "ow", "oU"}, {"iː", "iy", "i:"}, {"uː", "uw", "u:"}, {"ɑː", "aa", "A:"},
    {"ɔː", "ao", "O:"}, {"ɜː", "er", "3:"}, {"ɝː", "er", "3:"}, {"i", "iy", "i:"},  {"ɪ", "ih", "I"},
    {"e", "eh", "E"},   {"ɛ", "eh", "E"},   {"æ", "ae", "a"},   {"a", "ae", "a"},   {"ɑ", "aa", "A:"},
    {"ɒ", "aa", "0"},   {"ɔ", "ao", "O:"},  {"o", "ow", "oU"},  {"ʊ", "uh", "U"},   {"u", "uw", "u:"},
    {"ʌ", "ah", "V"},   {"ɐ", "ah", "V"},   {"ə", "ax", "@"},   {"ɚ", "er", "3"},   {"ɜ", "er", "3:"},
    {"ɝ", "er", "3:"},  {"p", "p", "p"},    {"b", "b", "b"},    {"t", "t", "t"},    {"d", "d", "d"},
    {"ɾ", "d", "t#"},   {"k", "k", "k"},    {"ɡ", "g", "g"},    {"g", "g", "g"},    {"f", "f", "f"},
    {"v", "v", "v"},    {"θ", "th", "T"},   {"ð", "dh", "D"},   {"s", "s", "s"},    {"z", "z", "z"},
    {"ʃ", "sh", "S"},   {"ʒ", "zh", "Z"},   {"h", "hh", "h"},   {"x", "k", "x"},    {"m", "m", "m"},
    {"n", "n", "n"},    {"ŋ", "ng", "N"},   {"l", "l", "l"},    {"ɫ", "l", "l"},    {"ɹ", "r", "r"},
    {"r", "r", "r"},    {"j", "y", "j"},    {"w", "w", "w"},    {"ˈ", "", "'"},     {"ˌ", "", ","},
    {"'", "", "'"},     {"ː", "", ""},      {"ʔ", "", ""},      {"ʰ", "", ""},      {".", "", ""},
    {"͡", "", ""},       {"‿", "", ""},      {" ", "", ""},
};

std::string_view first_character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (text[size] & 0xC0) == 0x80) ++size;
  return text.substr(0, size);
}

}  // namespace

runtime::Result<SpokenSounds> read_ipa(std::string_view ipa) {
  const auto bad = [](std::string why) {
    return runtime::Error{runtime::ErrorCode::kBadRequest, std::move(why), "phonemes"};
  };
  if (ipa.size() > kLongest) return bad("at most 200 bytes of sounds are spoken at a time");
  SpokenSounds sounds;
  while (!ipa.empty()) {
    const auto* sound = std::find_if(std::begin(kSounds), std::end(kSounds),
                                     [&](const Sound& each) { return ipa.starts_with(each.ipa); });
    if (sound == std::end(kSounds)) {
      return bad("\"" + std::string(first_character(ipa)) + "\" is no sound of English");
    }
    if (!sound->flite.empty()) {
      if (!sounds.flite.empty()) sounds.flite += ' ';
      sounds.flite += sound->flite;
    }
    sounds.espeak += sound->espeak;
    ipa.remove_prefix(sound->ipa.size());
  }
  if (sounds.flite.empty()) return bad("there is no sound to speak");
  return sounds;
}

}  // namespace parley::speech
