// SPDX-License-Identifier: Apache-2.0
#include "text/sound.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace parley::text {
namespace {

bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

bool is_front(char c) { return c == 'e' || c == 'i' || c == 'y'; }

// Reads letters left to right and appends the sound of each, looking one or two letters around it.
class KeyMaker {
 public:
  explicit KeyMaker(std::string letters) : letters_(std::move(letters)) {}

  std::string make() {
    while (at_ < letters_.size()) step();
    return key_;
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < letters_.size() ? letters_[at_ + ahead] : '\0'; }
  char before() const { return at_ > 0 ? letters_[at_ - 1] : '\0'; }

  void put(char sound) {
    if (sound == '\0') return;
    if (vowel_between_ || key_.empty() || key_.back() != sound) key_ += sound;
    vowel_between_ = false;
  }

  void emit(char sound, std::size_t letters) {
    put(sound);
    at_ += letters;
  }

  void step() {
    const char c = peek(0);
    const char next = peek(1);
    if (at_ == 0 && silent_first(c, next)) return emit('\0', 1);
    if (is_vowel(c)) {
      emit(at_ == 0 ? 'A' : '\0', 1);
      vowel_between_ = true;
      return;
    }
    switch (c) {
      case 'b':
        return emit(next == '\0' && before() == 'm' ? '\0' : 'P', 1);
      case 'c':
        if (next == 'h') return emit('X', 2);
        if (next == 'k') return emit('K', 2);
        return emit(is_front(next) ? 'S' : 'K', 1);
      case 'd':
        if (next == 'g' && is_front(peek(2))) return emit('X', 2);
        return emit('T', 1);
      case 'g':
        if (next == 'h') return emit(at_ == 0 ? 'K' : '\0', 2);
        return emit(is_front(next) ? 'X' : 'K', 1);
      case 'h':
        return emit(at_ == 0 && is_vowel(next) ? 'H' : '\0', 1);
      case 'j':
        return emit('X', 1);
      case 'k':
      case 'q':
        return emit('K', 1);
      case 'p':
        return next == 'h' ? emit('F', 2) : emit('P', 1);
      case 's':
        if (next == 'h') return emit('X', 2);
        if (next == 'i' && (peek(2) == 'o' || peek(2) == 'a')) return emit('X', 2);
        return emit('S', 1);
      case 't':
        if (next == 'h') return emit('T', 2);
        if (next == 'i' && (peek(2) == 'o' || peek(2) == 'a')) return emit('X', 2);
        return emit('T', 1);
      case 'v':
        return emit('F', 1);
      case 'w':
      case 'y':
        return emit(is_vowel(next) ? (c == 'w' ? 'W' : 'Y') : '\0', 1);
      case 'x':
        put('K');
        return emit('S', 1);
      case 'z':
        return emit('S', 1);
      default:  // f, l, m, n, r
        return emit(static_cast<char>(c - 'a' + 'A'), 1);
    }
  }

  static bool silent_first(char c, char next) {
    return ((c == 'k' || c == 'g' || c == 'p') && next == 'n') || (c == 'w' && next == 'r');
  }

  std::string letters_;
  std::string key_;
  std::size_t at_ = 0;
  bool vowel_between_ = false;  // a vowel since the last sound: a doubled letter is one sound, "cake" has two
};

}  // namespace

std::string sound_key(std::string_view folded) {
  std::string letters;
  for (const char c : folded) {
    if (c >= 'a' && c <= 'z') letters += c;
  }
  return KeyMaker(std::move(letters)).make();
}

double sound_likeness(std::string_view key_a, std::string_view key_b) {
  const std::size_t longer = std::max(key_a.size(), key_b.size());
  if (longer == 0) return 0;
  std::vector<std::size_t> row(key_b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < key_a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < key_b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (key_a[i] == key_b[j] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return 1.0 - static_cast<double>(row.back()) / static_cast<double>(longer);
}

}  // namespace parley::text
