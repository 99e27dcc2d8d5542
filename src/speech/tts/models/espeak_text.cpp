// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/espeak_text.hpp"

#include "text/speakable.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::speech {
namespace {

using std::chrono::milliseconds;

// In characters.
constexpr std::size_t kCutBehindMarks = 120;
constexpr std::size_t kCutAtSpaces = 300;
constexpr std::size_t kCutAnywhere = 400;

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xE0) return 2;
  return lead < 0xF0 ? 3 : 4;
}

char32_t code_point(std::string_view sequence) {
  constexpr std::array<unsigned, 5> kLeadBits{0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t value = static_cast<unsigned char>(sequence[0]) & kLeadBits[sequence.size()];
  for (const char c : sequence.substr(1)) value = value << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  return value;
}

bool is_space(char32_t c) {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || (c >= 0x2000 && c <= 0x200B) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x3000 || c == 0xFEFF;
}

// Han, Kana and their punctuation, Thai, Lao, Myanmar, Khmer: written without spaces between words.
bool is_unspaced(char32_t c) {
  return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF) ||
         (c >= 0x2E80 && c <= 0x312F) || (c >= 0x31F0 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFF00 && c <= 0xFFEF) || (c >= 0x20000 && c <= 0x3FFFF);
}

bool ends_clause(std::string_view bytes) {
  constexpr std::string_view kMarks[] = {".",  "!",  "?",  ";",  ":",  ",", "。", "！",
                                         "？", "；", "：", "，", "、", "।", "؟",  "،"};
  return std::find(std::begin(kMarks), std::end(kMarks), bytes) != std::end(kMarks);
}

}  // namespace

EspeakText::EspeakText(std::string_view written, std::string_view language,
                       const text::Pronunciations* pronunciations)
    : written_(written) {
  std::string readable;
  const bool is_english = language == "en" || language.starts_with("en-") || language.starts_with("en+");
  cut(is_english ? english(readable, pronunciations) : as_written());
}

EspeakText EspeakText::sounding(std::string_view written, std::string_view mnemonics) {
  EspeakText text;
  text.written_ = written;
  text.words_.push_back({0, written.size()});
  Piece piece;
  piece.text = "[[" + std::string(mnemonics) + "]]";
  piece.word.assign(piece.text.size(), 0);
  text.pieces_.push_back(std::move(piece));
  return text;
}

std::vector<EspeakText::Character> EspeakText::english(std::string& readable,
                                                       const text::Pronunciations* pronunciations) {
  text::Speakable speakable = text::speakable(written_, pronunciations);
  readable = std::move(speakable.text);
  std::vector<Character> characters(readable.size());
  for (std::size_t i = 0; i < readable.size(); ++i) {
    characters[i].bytes = std::string_view(readable).substr(i, 1);
  }
  for (const auto& word : speakable.words) {
    if (words_.empty() || words_.back().start != word.source_start) {
      words_.push_back({word.source_start, word.source_end});
    }
    for (auto i = word.start; i < word.end; ++i) characters[i].word = words_.size() - 1;
  }
  return characters;
}

std::vector<EspeakText::Character> EspeakText::as_written() {
  std::vector<Character> characters;
  bool inside = false;
  const std::string_view all(written_);
  for (std::size_t i = 0; i < all.size();) {
    const auto bytes = all.substr(i, sequence_length(static_cast<unsigned char>(all[i])));
    const char32_t c = code_point(bytes);
    const std::size_t end = i + bytes.size();
    if (is_space(c)) {
      inside = false;
      characters.push_back({" ", kNone});
    } else {
      const bool unspaced = is_unspaced(c);
      if (!inside || unspaced || !words_.back().spaced) words_.push_back({i, end, !unspaced});
      words_.back().end = end;
      inside = true;
      characters.push_back({bytes, words_.size() - 1});
    }
    i = end;
  }
  return characters;
}

void EspeakText::cut(const std::vector<Character>& characters) {
  Piece piece;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const Character& character = characters[i];
    piece.text += character.bytes;
    piece.word.push_back(character.word);
    const std::size_t length = piece.word.size();
    const bool space_follows = i + 1 < characters.size() && characters[i + 1].word == kNone;
    const bool behind_mark = ends_clause(character.bytes) && (space_follows || character.bytes.size() > 1);
    if ((length >= kCutBehindMarks && behind_mark) || (length >= kCutAtSpaces && character.word == kNone) ||
        length >= kCutAnywhere) {
      pieces_.push_back(std::exchange(piece, {}));
    }
  }
  if (!piece.text.empty()) pieces_.push_back(std::move(piece));
}

std::pair<std::size_t, std::size_t> EspeakText::words_of(const Piece& piece) {
  std::pair<std::size_t, std::size_t> bounds{kNone, 0};
  for (const std::size_t word : piece.word) {
    if (word == kNone) continue;
    bounds.first = std::min(bounds.first, word);
    bounds.second = word;
  }
  return bounds;
}

EspeakText::Spoken EspeakText::place(const Piece& piece, const std::vector<EspeakEvent>& events) const {
  Spoken spoken;
  // When what began at event `i` is over: with the next event of one of these kinds.
  const auto end_of = [&events](std::size_t i, bool word) {
    for (std::size_t k = i + 1; k < events.size(); ++k) {
      const bool counts = !word || events[k].kind != EspeakEvent::Kind::kPhoneme;
      if (counts && events[k].at_ms > events[i].at_ms) return milliseconds(events[k].at_ms);
    }
    return milliseconds(events[i].at_ms + 1);
  };
  std::vector<std::size_t> first;  // word of each entry
  for (std::size_t i = 0; i < events.size(); ++i) {
    const EspeakEvent& event = events[i];
    const milliseconds at(event.at_ms);
    if (event.kind == EspeakEvent::Kind::kPhoneme) {
      spoken.phonemes.push_back({event.symbol, at, end_of(i, false)});
    }
    if (event.kind != EspeakEvent::Kind::kWord || event.position >= piece.word.size()) continue;
    const std::size_t word = piece.word[event.position];
    // eSpeak's positions are now and then behind what it has told before.
    if (word == kNone || (!first.empty() && word < first.back())) continue;
    if (!first.empty() && word == first.back()) {
      spoken.words.back().end = end_of(i, true);
    } else {
      first.push_back(word);
      spoken.words.push_back({{}, at, end_of(i, true)});
    }
  }
  const auto [least, most] = words_of(piece);
  for (std::size_t k = 0; k < first.size(); ++k) {
    const std::size_t from = k == 0 ? least : first[k];
    const std::size_t last = k + 1 < first.size() ? first[k + 1] - 1 : most;
    spoken.words[k].text = written_.substr(words_[from].start, words_[last].end - words_[from].start);
  }
  return spoken;
}

}  // namespace parley::speech
