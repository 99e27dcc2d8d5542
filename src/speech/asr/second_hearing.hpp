// SPDX-License-Identifier: Apache-2.0
// An engine that is lost in the middle of an utterance does not lose the utterance: another hears it from
// its beginning.
#pragma once

#include "speech/asr/utterance_stream.hpp"
#include "speech/recognizer.hpp"

#include <functional>
#include <memory>

namespace parley::speech {

struct SecondHearing {
  std::shared_ptr<Recognizer> recognizer;  // hears again
  RecognizeOptions options;
  std::function<bool()> lost;  // whether the first engine is: any other failure is the caller's to know
};

// As stream_utterance(), keeping the audio of the first minutes for the case. Longer utterances fail.
runtime::Task<> stream_or_hear_again(runtime::Context context, runtime::ComputePool& pool,
                                     std::shared_ptr<UtteranceDecoder> decoder,
                                     runtime::Stream<audio::Pcm> audio, runtime::StreamWriter<Transcript> out,
                                     UtteranceOptions options, SecondHearing second);

}  // namespace parley::speech
