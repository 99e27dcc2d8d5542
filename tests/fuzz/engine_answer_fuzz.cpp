// SPDX-License-Identifier: Apache-2.0
// Any bytes as the answer of an engine in a process of its own: what is read is such that the rest of Parley
// can use it, and reads the same once it was written again.
#include "inference/engine_message.hpp"
#include "speech/remote/engine_messages.hpp"
#include "text/words.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace parley;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const speech::Transcript& transcript) {
  require(text::is_valid_utf8(transcript.text) && text::is_valid_utf8(transcript.spoken));
  require(transcript.processed >= 0);
  for (const speech::Word& word : transcript.words) {
    require(text::is_valid_utf8(word.text));
    require(word.start.count() >= 0 && word.end >= word.start && word.end <= std::chrono::hours(24));
    require(!word.confidence || (*word.confidence >= 0 && *word.confidence <= 1));
    require(word.alternatives.size() <= speech::kMostAlternatives);
  }
}

template <class T>
std::string again(const T& value) {
  inference::EngineMessageWriter to;
  speech::write(to, value);
  return to.take();
}

template <class T>
T read_as(std::string_view message) {
  inference::EngineMessageReader from(message);
  T value;
  speech::read(from, value);
  const auto once = again(value);
  inference::EngineMessageReader second(once);
  T same;
  speech::read(second, same);
  require(second.ended() && again(same) == once);
  return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  check(read_as<speech::Transcript>(message));
  const auto step = read_as<speech::UtteranceStep>(message);
  if (step.partial) check(*step.partial);
  read_as<runtime::Error>(message);
  read_as<speech::EngineTraits>(message);
  read_as<speech::EngineLoad>(message);
  read_as<speech::UtteranceBegin>(message);
  read_as<speech::SpeakPiece>(message);
  return inference::EngineMessageReader(message).samples().size() <= size ? 0 : (std::abort(), 0);
}
