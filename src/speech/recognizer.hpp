// SPDX-License-Identifier: Apache-2.0
// The port of engines that turn speech into words.
#pragma once

#include "audio/pcm.hpp"
#include "runtime/context.hpp"
#include "runtime/stream.hpp"
#include "runtime/task.hpp"
#include "speech/bias.hpp"
#include "speech/types.hpp"
#include "speech/voice_keeper.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace parley::speech {

class Punctuator;

struct RecognizeOptions {
  std::string language = "en";
  bool partials = true;                        // false: only the final transcript is sent
  std::shared_ptr<const Bias> bias = nullptr;  // what may be heard beside general speech
  // What a short utterance is compared with, beside recognising it (Transcript::fits); null: nothing.
  std::shared_ptr<const PhraseGroups> phrases = nullptr;
  // True: hear as well as possible, however long it takes (but less than the speech itself). For speech
  // without long pauses that is there already: nothing is sent before its end, nothing is learnt of the
  // voice, and a thread of the pool may be held for half a minute. Means nothing to engines that always are.
  bool thorough = false;
  // Who speaks: helps to hear this utterance, which is added to it afterwards. The stream of transcripts ends
  // when that is done, some time after the final one.
  std::shared_ptr<VoiceMemory> voice = nullptr;
  bool learn = true;      // false: `voice` helps and stays as it is
  std::string said = {};  // what the speaker was asked to read aloud, to learn from; empty: what is heard
  // Puts marks and capitals into the final text of an engine that gives bare words; null: rules do.
  std::shared_ptr<const Punctuator> punctuator = nullptr;
};

class Recognizer {
 public:
  virtual ~Recognizer() = default;

  virtual EngineInfo info() const = 0;

  // LANGUAGE_UNAVAILABLE (param "language") for a language (BCP 47, "de-AT") that recognize() would refuse.
  virtual runtime::Result<> knows(std::string_view /*language*/) const { return {}; }

  // Recognises one utterance. `audio` carries 16 kHz mono blocks of any size; its end asks for the final
  // transcript. The returned stream gives partial transcripts as the text changes, and again the same when
  // more was heard and it stays (`processed` says how much, where the engine keeps up), then exactly one with
  // is_final (its text is empty when nothing was said), then ends; it fails with ASR_FAILED when the engine
  // does, with LANGUAGE_UNAVAILABLE for a language without an engine, with OVERLOADED when no decoder is free
  // in time, and with TIMEOUT or CANCELLED as the context says. Destroying it frees the decoder.
  // Never blocks: waiting for a decoder happens inside the stream, and audio sent meanwhile is kept (the
  // capacity of `audio` bounds it).
  virtual runtime::Stream<Transcript> recognize(const runtime::Context& context,
                                                runtime::Stream<audio::Pcm> audio,
                                                RecognizeOptions options) = 0;

  // An empty memory for one speaker at one microphone. With `adapt` it learns the voice too, not only the
  // microphone and the room. Null from an engine that remembers nothing.
  virtual std::shared_ptr<VoiceMemory> remember(bool adapt) {
    static_cast<void>(adapt);
    return nullptr;
  }

  // For voices that are kept beyond a session. Null from an engine that learns none.
  virtual std::shared_ptr<const VoiceKeeper> keeper() const { return nullptr; }

  // A bias that utterances will soon come with: an engine to which it means work may do that work now, in
  // the background.
  virtual void prepare(const std::shared_ptr<const Bias>& bias) { static_cast<void>(bias); }
};

// The names of models that can be fetched and would recognise a language.
using ModelAdvice = std::function<std::vector<std::string>(std::string_view language)>;

}  // namespace parley::speech
