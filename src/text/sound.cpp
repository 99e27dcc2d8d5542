// SPDX-License-Identifier: Apache-2.0
#include "text/sound.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace parley::text {
namespace {

constexpr std::size_t kMostSounds = 64;

bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

bool is_front(char c) { return c == 'e' || c == 'i' || c == 'y'; }

bool is_vowel_sound(char c) { return c >= 'a' && c <= 'z'; }

// Where in the word a spelling has its sound.
enum class Place : std::uint8_t { kAnywhere, kFirst, kLast };

struct Spelling {
  std::string_view letters;
  std::string_view sounds;
  Place place = Place::kAnywhere;
};

// The first that fits is taken, so that longer spellings stand before shorter ones.
constexpr auto kSpellings = std::to_array<Spelling>({
    {"kn", "N", Place::kFirst},
    {"gn", "N", Place::kFirst},
    {"pn", "N", Place::kFirst},
    {"ps", "S", Place::kFirst},
    {"wr", "R", Place::kFirst},
    {"x", "Z", Place::kFirst},
    {"gh", "G", Place::kFirst},
    {"tious", "XuS"},
    {"cious", "XuS"},
    {"ation", "eXuN"},
    {"tion", "XuN"},
    {"ssion", "XuN"},
    {"sion", "XuN"},
    {"cial", "XuL"},
    {"tial", "XuL"},
    {"cian", "XuN"},
    {"ture", "CuR"},
    {"sure", "XuR"},
    {"eigh", "e"},
    {"augh", "o"},
    {"ough", "o"},
    {"igh", "y"},
    {"alk", "oK"},
    {"ould", "uD"},
    {"tch", "C"},
    {"sch", "SK"},
    {"chr", "KR"},
    {"ch", "C"},
    {"ck", "K"},
    {"dge", "J", Place::kLast},
    {"dg", "J"},
    {"gh", ""},
    {"gn", "N", Place::kLast},
    {"gue", "G", Place::kLast},
    {"mb", "M", Place::kLast},
    {"mn", "M", Place::kLast},
    {"ng", "Q", Place::kLast},
    {"nk", "QK"},
    {"ph", "F"},
    {"que", "K", Place::kLast},
    {"qu", "KW"},
    {"q", "K"},
    {"rh", "R"},
    {"sh", "X"},
    {"th", "0"},
    {"wh", "W"},
    {"x", "KS"},
    {"eau", "o"},
    {"our", "oR"},
    {"ey", "i", Place::kLast},
    {"ie", "i", Place::kLast},
    {"ow", "o", Place::kLast},
    {"ai", "e"},
    {"ay", "e"},
    {"ei", "e"},
    {"ey", "e"},
    {"ee", "i"},
    {"ea", "i"},
    {"ie", "i"},
    {"oa", "o"},
    {"oo", "u"},
    {"ou", "w"},
    {"ow", "w"},
    {"oi", "oi"},
    {"oy", "oi"},
    {"au", "o"},
    {"aw", "o"},
    {"ue", "u"},
    {"ew", "u"},
    {"eu", "u"},
    {"ui", "u"},
});

// Reads one word left to right.
class Speller {
 public:
  explicit Speller(std::string_view letters) : letters_(letters) {}

  std::string sounds() {
    while (at_ < letters_.size()) step();
    return std::move(sounds_);
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < letters_.size() ? letters_[at_ + ahead] : '\0'; }
  char before() const { return at_ > 0 ? letters_[at_ - 1] : '\0'; }
  bool is_last(std::size_t letters) const { return at_ + letters == letters_.size(); }

  void emit(std::string_view sounds, std::size_t letters) {
    for (const char sound : sounds) {
      // A doubled letter is one sound.
      if (sounds_.empty() || sounds_.back() != sound || is_vowel_sound(sound)) sounds_ += sound;
    }
    at_ += letters;
  }

  bool fits(const Spelling& spelling) const {
    if (!letters_.substr(at_).starts_with(spelling.letters)) return false;
    if (spelling.place == Place::kFirst) return at_ == 0;
    if (spelling.place == Place::kLast) return is_last(spelling.letters.size());
    return true;
  }

  void step() {
    for (const Spelling& spelling : kSpellings) {
      if (fits(spelling)) return emit(spelling.sounds, spelling.letters.size());
    }
    const char c = peek(0);
    if (is_vowel(c)) return vowel(c);
    switch (c) {
      case 'c':
        return emit(is_front(peek(1)) ? "S" : "K", peek(1) == 'c' && !is_front(peek(2)) ? 2 : 1);
      case 'g':
        return emit(is_front(peek(1)) ? "J" : "G", 1);
      case 'h':
        return emit(is_vowel(peek(1)) ? "H" : "", 1);
      case 'j':
        return emit("J", 1);
      case 'w':
        return emit(is_vowel(peek(1)) || peek(1) == 'y' ? "W" : "", 1);
      case 'y':
        if (is_vowel(peek(1))) return emit("Y", 1);
        return emit(is_last(1) && has_vowel_before() ? "i" : is_last(1) ? "y" : "i", 1);
      default: {
        const char sound = static_cast<char>(c - 'a' + 'A');
        return emit({&sound, 1}, 1);
      }
    }
  }

  bool has_vowel_before() const { return std::ranges::any_of(letters_.substr(0, at_), is_vowel); }

  void vowel(char c) {
    if (c == 'e' && is_silent_e()) return emit("", 1);
    if (c == 'e' && is_last(1)) return emit("i", 1);  // "he"
    if (peek(1) == 'r' && !is_vowel(peek(2)) && (c == 'e' || c == 'i' || c == 'u')) return emit("uR", 2);
    if (is_long()) {
      constexpr std::string_view kShort = "aeiou";
      constexpr std::string_view kLong = "eiyou";
      return emit(kLong.substr(kShort.find(c), 1), 1);
    }
    emit({&c, 1}, 1);
  }

  // "cake", "cakes" and "baked" do not sound their last e; "the" and "boxes" do.
  bool is_silent_e() const {
    if (!has_vowel_before()) return false;
    if (is_last(1)) return true;
    if (!is_last(2)) return false;
    if (peek(1) == 's') return before() != 's' && before() != 'x' && before() != 'z' && before() != 'h';
    return peek(1) == 'd' && before() != 't' && before() != 'd';
  }

  // Before one consonant and a last e: "cake", "bikes".
  bool is_long() const {
    const char consonant = peek(1);
    if (consonant == '\0' || is_vowel(consonant) || consonant == 'x' || peek(2) != 'e') return false;
    return is_last(3) || (is_last(4) && (peek(3) == 's' || peek(3) == 'd'));
  }

  std::string_view letters_;
  std::string sounds_;
  std::size_t at_ = 0;
};

// Sounds that recognisers take for each other, and what a change from one to the other costs.
struct Confusion {
  std::string_view sounds;
  double cost;
};
constexpr auto kConfusions = std::to_array<Confusion>({
    {"BP", 0.35}, {"DT", 0.3},      {"GK", 0.35}, {"VF", 0.35}, {"ZS", 0.15}, {"CJ", 0.35}, {"XJ", 0.4},
    {"XC", 0.4},  {"0T", 0.4},      {"0D", 0.4},  {"0F", 0.4},  {"0S", 0.5},  {"MN", 0.4},  {"NQ", 0.25},
    {"SX", 0.45}, {"BPDTGK", 0.75}, {"PTK", 0.6}, {"BDG", 0.6}, {"RL", 0.6},  {"RW", 0.5},  {"LW", 0.6},
    {"ZX", 0.5},  {"BV", 0.5},      {"YJ", 0.6},  {"ND", 0.7},  {"CT", 0.6},  {"JD", 0.6},  {"aeiouyw", 0.35},
});
constexpr double kOther = 1.0;        // a change into anything else
constexpr double kVowelOrNot = 1.3;   // between a consonant and a vowel
constexpr double kVowelAlone = 0.45;  // to lose or gain a vowel
constexpr double kWeakAlone = 0.6;    // h, w, y, r, and t or d, which speakers swallow
constexpr double kConsonantAlone = 0.9;

double alone(char sound) {
  if (is_vowel_sound(sound)) return kVowelAlone;
  constexpr std::string_view kWeak = "HWYRTDQ";
  return kWeak.find(sound) != std::string_view::npos ? kWeakAlone : kConsonantAlone;
}

double length_of(char sound) { return is_vowel_sound(sound) ? 0.5 : 1.0; }

// Costs by pair of sounds, worked out once.
class Costs {
 public:
  Costs() {
    for (int a = 0; a < kSize; ++a) {
      for (int b = 0; b < kSize; ++b) {
        const bool vowels[] = {is_vowel_sound(static_cast<char>(a)), is_vowel_sound(static_cast<char>(b))};
        at(a, b) = a == b ? 0.0F : static_cast<float>(vowels[0] == vowels[1] ? kOther : kVowelOrNot);
      }
    }
    for (const Confusion& confusion : kConfusions) {
      for (const char a : confusion.sounds) {
        for (const char b : confusion.sounds) {
          if (a != b) at(a, b) = std::min(at(a, b), static_cast<float>(confusion.cost));
        }
      }
    }
  }

  double operator()(char a, char b) const {
    return table_[static_cast<std::size_t>(a & 0x7f) * kSize + static_cast<std::size_t>(b & 0x7f)];
  }

 private:
  static constexpr int kSize = 128;
  float& at(int a, int b) {
    return table_[static_cast<std::size_t>(a) * kSize + static_cast<std::size_t>(b)];
  }

  std::array<float, static_cast<std::size_t>(kSize) * kSize> table_{};
};

}  // namespace

std::string sounds_of(std::string_view folded) {
  std::string sounds;
  std::string word;
  for (std::size_t i = 0; i <= folded.size(); ++i) {
    const char c = i < folded.size() ? folded[i] : ' ';
    if (c >= 'a' && c <= 'z') word += c;
    if (c != ' ' || word.empty()) continue;
    sounds += Speller(word).sounds();
    word.clear();
  }
  return sounds;
}

std::string sound_key(std::string_view sounds) {
  std::string key;
  bool vowel_between = false;
  for (std::size_t i = 0; i < sounds.size(); ++i) {
    const char sound = sounds[i];
    if (is_vowel_sound(sound)) {
      if (i == 0) key += 'A';
      vowel_between = true;
      continue;
    }
    constexpr std::string_view kFine = "BDGVZ0CJQ";
    constexpr std::string_view kCoarse = "PTKFSTXXN";
    const auto fine = kFine.find(sound);
    const char coarse = fine == std::string_view::npos ? sound : kCoarse[fine];
    if (coarse == 'H' && i > 0) continue;
    if (vowel_between || key.empty() || key.back() != coarse) key += coarse;
    vowel_between = false;
  }
  return key;
}

double sound_likeness(std::string_view a, std::string_view b) {
  static const Costs costs;
  a = a.substr(0, kMostSounds);
  b = b.substr(0, kMostSounds);
  if (a.empty() || b.empty()) return 0;
  std::array<double, kMostSounds + 1> row{};
  double length_a = 0;
  double length_b = 0;
  for (std::size_t j = 0; j < b.size(); ++j) {
    row[j + 1] = row[j] + alone(b[j]);
    length_b += length_of(b[j]);
  }
  for (const char sound : a) {
    length_a += length_of(sound);
    double diagonal = row[0];
    row[0] += alone(sound);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const double above = row[j + 1];
      row[j + 1] = std::min({above + alone(sound), row[j] + alone(b[j]), diagonal + costs(sound, b[j])});
      diagonal = above;
    }
  }
  return std::max(0.0, 1.0 - row[b.size()] / std::max(length_a, length_b));
}

}  // namespace parley::text
