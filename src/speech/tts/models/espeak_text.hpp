// SPDX-License-Identifier: Apache-2.0
// What eSpeak NG is given to read, and the way back from its characters to the words that were written.
#pragma once

#include "speech/tts/models/espeak_library.hpp"
#include "speech/types.hpp"
#include "text/pronunciations.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::speech {

// Holds no reference to the texts given.
class EspeakText {
 public:
  // A part that is read at once: up to some 20 seconds, cut behind punctuation where there is any.
  struct Piece {
    std::string text;
    std::vector<std::size_t> word;  // for each character: the word that it belongs to, or kNone
  };
  struct Spoken {
    std::vector<Word> words;  // as they were written; times since the first sample of the piece
    std::vector<Phoneme> phonemes;
  };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // `written` is valid UTF-8. English is read as text::speakable() has it, other languages as they are
  // written: eSpeak reads their numbers and signs itself. `pronunciations` hold for English.
  EspeakText(std::string_view written, std::string_view language,
             const text::Pronunciations* pronunciations = nullptr);

  // `written` is one word, which sounds as eSpeak's `mnemonics` say.
  static EspeakText sounding(std::string_view written, std::string_view mnemonics);

  const std::vector<Piece>& pieces() const { return pieces_; }

  // Every written word is in one entry, in order: one of which several are spoken ("12,50") once, and one
  // that eSpeak does not tell of with the one before. Where a script has no spaces, the words are what eSpeak
  // takes for words. No words when there was nothing to say.
  Spoken place(const Piece& piece, const std::vector<EspeakEvent>& events) const;

 private:
  EspeakText() = default;

  struct WrittenWord {
    std::size_t start = 0;  // bytes of written_
    std::size_t end = 0;
    bool spaced = true;  // false: one character of a script without spaces
  };
  // A character to be read.
  struct Character {
    std::string_view bytes;
    std::size_t word = kNone;
  };

  std::vector<Character> english(std::string& readable, const text::Pronunciations* pronunciations);
  std::vector<Character> as_written();
  // The first and the last word of a piece that has any.
  static std::pair<std::size_t, std::size_t> words_of(const Piece& piece);
  void cut(const std::vector<Character>& characters);

  std::string written_;
  std::vector<WrittenWord> words_;
  std::vector<Piece> pieces_;
};

}  // namespace parley::speech
