// SPDX-License-Identifier: Apache-2.0
#include "speech/remote/engine_messages.hpp"

#include "text/utf8.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace parley::speech {

using inference::EngineMessageReader;
using inference::EngineMessageWriter;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kLongest = std::chrono::hours(24);
// Of a list's entries: their numbers alone.
constexpr std::size_t kLeastText = 8;
constexpr std::size_t kLeastAlternative = 16;
constexpr std::size_t kLeastWord = 40;

void write(EngineMessageWriter& to, const std::optional<double>& share) {
  to.real(share.value_or(std::numeric_limits<double>::quiet_NaN()));
}

std::optional<double> read_share(EngineMessageReader& from) {
  const double share = from.real();
  return std::isfinite(share) ? std::optional(std::clamp(share, 0.0, 1.0)) : std::nullopt;
}

milliseconds read_time(EngineMessageReader& from) {
  return std::clamp(milliseconds(from.integer()), milliseconds(0), kLongest);
}

std::string read_text(EngineMessageReader& from) { return text::to_valid_utf8(from.text()); }

// Cut between two characters where it is long.
std::string read_sentence(EngineMessageReader& from) {
  constexpr std::size_t kMostBytes = 1000;
  auto sentence = read_text(from);
  sentence.resize(text::whole_characters(sentence, kMostBytes));
  return sentence;
}

void write(EngineMessageWriter& to, const Word& word) {
  to.text(word.text);
  to.integer(word.start.count());
  to.integer(word.end.count());
  write(to, word.confidence);
  to.integer(static_cast<std::int64_t>(word.alternatives.size()));
  for (const Alternative& alternative : word.alternatives) {
    to.text(alternative.text);
    to.real(alternative.posterior);
  }
}

Word read_word(EngineMessageReader& from) {
  Word word{read_text(from)};
  word.start = read_time(from);
  word.end = std::max(read_time(from), word.start);
  word.confidence = read_share(from);
  const std::size_t alternatives = from.count(kLeastAlternative);
  for (std::size_t i = 0; i < alternatives && from.good(); ++i) {
    Alternative alternative{read_text(from)};
    alternative.posterior = read_share(from).value_or(0);
    if (word.alternatives.size() < kMostAlternatives) word.alternatives.push_back(std::move(alternative));
  }
  return word;
}

}  // namespace

void write(EngineMessageWriter& to, const EngineLoad& load) {
  to.text(load.folder);
  to.text(load.library);
  to.real(load.word_bonus);
}

void read(EngineMessageReader& from, EngineLoad& load) {
  load.folder = from.text();
  load.library = from.text();
  load.word_bonus = from.real();
}

void write(EngineMessageWriter& to, const EngineTraits& traits) {
  to.number(traits.streams ? 1 : 0);
  to.integer(traits.rate);
  to.integer(traits.speakers);
}

void read(EngineMessageReader& from, EngineTraits& traits) {
  constexpr std::int64_t kHighestRate = 192'000;
  constexpr std::int64_t kMostSpeakers = 100'000;
  traits.streams = from.number() != 0;
  traits.rate = static_cast<int>(std::clamp<std::int64_t>(from.integer(), 0, kHighestRate));
  traits.speakers = static_cast<int>(std::clamp<std::int64_t>(from.integer(), 0, kMostSpeakers));
}

void write(EngineMessageWriter& to, const UtteranceBegin& begin) {
  to.number(begin.english ? 1 : 0);
  to.integer(static_cast<std::int64_t>(begin.expected.size()));
  for (const std::string& phrase : begin.expected) to.text(phrase);
}

void read(EngineMessageReader& from, UtteranceBegin& begin) {
  begin.english = from.number() != 0;
  const std::size_t phrases = from.count(kLeastText);
  for (std::size_t i = 0; i < phrases && from.good(); ++i) begin.expected.push_back(read_text(from));
}

void write(EngineMessageWriter& to, const UtteranceStep& step) {
  to.number(step.more ? 1 : 0);
  to.number(step.partial ? 1 : 0);
  if (step.partial) write(to, *step.partial);
}

void read(EngineMessageReader& from, UtteranceStep& step) {
  step.more = from.number() != 0;
  if (from.number() != 0) read(from, step.partial.emplace());
}

void write(EngineMessageWriter& to, const SpeakPiece& piece) {
  to.text(piece.text);
  to.integer(piece.speaker);
  to.real(piece.speed);
}

void read(EngineMessageReader& from, SpeakPiece& piece) {
  constexpr std::int64_t kHighestSpeaker = 100'000;
  piece.text = read_text(from);
  piece.speaker = static_cast<int>(std::clamp<std::int64_t>(from.integer(), 0, kHighestSpeaker));
  piece.speed = from.real();
}

void write(EngineMessageWriter& to, const Transcript& transcript) {
  to.text(transcript.text);
  to.text(transcript.spoken);
  to.integer(static_cast<std::int64_t>(transcript.words.size()));
  for (const Word& word : transcript.words) write(to, word);
  write(to, transcript.confidence);
  to.number(transcript.is_final ? 1 : 0);
  to.number(transcript.settled ? 1 : 0);
  to.integer(transcript.processed);
}

void read(EngineMessageReader& from, Transcript& transcript) {
  transcript.text = read_text(from);
  transcript.spoken = read_text(from);
  const std::size_t words = from.count(kLeastWord);
  for (std::size_t i = 0; i < words && from.good(); ++i) transcript.words.push_back(read_word(from));
  transcript.confidence = read_share(from);
  transcript.is_final = from.number() != 0;
  transcript.settled = from.number() != 0;
  transcript.processed = std::max<std::int64_t>(from.integer(), 0);
}

void write(EngineMessageWriter& to, const runtime::Error& error) {
  to.number(static_cast<std::uint8_t>(error.code));
  to.text(error.message);
  to.text(error.param);
}

void read(EngineMessageReader& from, runtime::Error& error) {
  const auto code = static_cast<runtime::ErrorCode>(from.number());
  error.code = code < runtime::ErrorCode::kCount ? code : runtime::ErrorCode::kInternalError;
  error.message = read_sentence(from);
  error.param = read_sentence(from);
}

}  // namespace parley::speech
