// SPDX-License-Identifier: Apache-2.0
// How an engine that decodes piece by piece becomes a stream of transcripts: audio in as it comes, work on a
// pool, partials and the final out.
#pragma once

#include "audio/pcm.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/context.hpp"
#include "runtime/result.hpp"
#include "runtime/stream.hpp"
#include "runtime/task.hpp"
#include "speech/asr/punctuator.hpp"
#include "speech/types.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace parley::speech {

// One utterance on its way through an engine. One thread at a time. ASR_FAILED when the engine fails.
class UtteranceDecoder {
 public:
  virtual ~UtteranceDecoder() = default;

  // Takes samples (16 kHz mono): cheap.
  virtual runtime::Result<> accept(std::span<const std::int16_t> samples) = 0;
  // Does a piece of the work, some hundred milliseconds of it at most where the engine allows. True while
  // there is more to do without new samples.
  virtual runtime::Result<bool> advance() = 0;
  // The transcript so far, when since the last call its words changed.
  virtual std::optional<Transcript> take_partial() = 0;
  // No more samples: the final transcript.
  virtual runtime::Result<Transcript> finish() = 0;
};

// Transcripts that nobody has read yet; when they are this many, further partials are skipped (the next one
// holds everything), the final waits.
inline constexpr std::size_t kUnreadTranscripts = 16;

struct UtteranceOptions {
  bool partials = true;
  bool mask_profanity = false;
  std::shared_ptr<const Punctuator> punctuator = nullptr;  // for the final text; null: it stays
  std::string language = "en";                             // of the speech, for the punctuator
};

// Decodes `audio` to its end: partials go to `out`, the final transcript is given back as it was heard,
// nothing in it masked. `audio` and `out` outlive the call; the work on `pool` owns the decoder: it may
// outlive the stream by one piece.
runtime::Task<runtime::Result<Transcript>> decode_utterance(runtime::Context context,
                                                            runtime::ComputePool& pool,
                                                            std::shared_ptr<UtteranceDecoder> decoder,
                                                            runtime::Stream<audio::Pcm>& audio,
                                                            const runtime::StreamWriter<Transcript>& out,
                                                            UtteranceOptions options);

// Ends `out` as Recognizer::recognize() says, with a final transcript or the reason why there is none.
runtime::Task<> end_utterance(runtime::Context context, runtime::Result<Transcript> final,
                              runtime::StreamWriter<Transcript> out, bool mask_profane);

// Decodes `audio` to its end and ends `out` with what was heard.
runtime::Task<> stream_utterance(runtime::Context context, runtime::ComputePool& pool,
                                 std::shared_ptr<UtteranceDecoder> decoder, runtime::Stream<audio::Pcm> audio,
                                 runtime::StreamWriter<Transcript> out, UtteranceOptions options);

}  // namespace parley::speech
