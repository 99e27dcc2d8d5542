// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/utterance_stream.hpp"

#include "runtime/clock.hpp"
#include "speech/asr/profanity.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace parley::speech {

namespace {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Stream;
using runtime::StreamWriter;
using runtime::Task;
using runtime::TimePoint;
using namespace std::chrono_literals;

// Decoding goes on in pieces of at most this much new audio.
constexpr std::size_t kSamplesAtOnce = 16000 / 2;
// A stream has no way to end a wait for audio from outside, so it looks this often whether it is still
// wanted.
constexpr auto kStillWanted = 200ms;

// A partial is said again when so much more was heard without a change of its words.
constexpr std::int64_t kSaidAgainAfter = 16000 / 10;

struct Step {
  std::optional<Transcript> partial;
  bool more = false;
};

struct Heard {
  std::vector<std::int16_t> samples;
  bool ended = false;
};

Result<> check(const audio::Pcm& block) {
  if (block.format == audio::kSpeechFormat) return {};
  return Error{ErrorCode::kBadRequest, "the recogniser takes 16 kHz audio with one channel", "audio"};
}

// What has arrived; with `patient`, waits for the first block.
Task<Result<Heard>> hear(Context context, Stream<audio::Pcm>& audio, const StreamWriter<Transcript>& out,
                         bool patient) {
  Heard heard;
  while (patient && heard.samples.empty() && !heard.ended) {
    const runtime::SystemClock clock;
    const auto wanted = context.check(clock.now());
    if (!wanted) co_return wanted.error();
    if (out.cancelled()) co_return Error{ErrorCode::kCancelled, "nobody listens any more"};
    const TimePoint look = std::min(context.deadline, clock.now() + kStillWanted);
    auto block = co_await audio.next(look);
    if (!block && block.error().code == ErrorCode::kTimeout) continue;
    if (!block) co_return block.error();
    if (!block->has_value()) {
      heard.ended = true;
      break;
    }
    const auto fits = check(**block);
    if (!fits) co_return fits.error();
    heard.samples = std::move((*block)->samples);
  }
  while (!heard.ended && heard.samples.size() < kSamplesAtOnce) {
    auto ready = audio.poll();
    if (!ready) break;
    if (!*ready) co_return ready->error();
    auto& block = **ready;
    if (!block) {
      heard.ended = true;
      break;
    }
    const auto fits = check(*block);
    if (!fits) co_return fits.error();
    heard.samples.insert(heard.samples.end(), block->samples.begin(), block->samples.end());
  }
  co_return heard;
}

Result<Step> decode(UtteranceDecoder& decoder, std::span<const std::int16_t> samples, bool partials) {
  const auto accepted = decoder.accept(samples);
  if (!accepted) return accepted.error();
  const auto more = decoder.advance();
  if (!more) return more.error();
  Step step;
  step.more = *more;
  if (partials) step.partial = decoder.take_partial();
  return step;
}

}  // namespace

Task<Result<Transcript>> decode_utterance(Context context, runtime::ComputePool& pool,
                                          std::shared_ptr<UtteranceDecoder> decoder,
                                          Stream<audio::Pcm>& audio, const StreamWriter<Transcript>& out,
                                          UtteranceOptions options) {
  bool more = false;
  std::int64_t taken = 0;
  std::optional<Transcript> last;
  for (;;) {
    auto heard = co_await hear(context, audio, out, !more);
    if (!heard) co_return heard.error();
    if (out.cancelled()) co_return Error{ErrorCode::kCancelled, "nobody listens any more"};
    const bool ended = heard->ended;
    taken += static_cast<std::int64_t>(heard->samples.size());
    auto work = [decoder, partials = options.partials, samples = std::move(heard->samples)] {
      return decode(*decoder, samples, partials);
    };
    auto step = co_await pool.run(context, std::move(work));
    if (!step) co_return step.error();
    more = step->more;
    const bool again = last && !more && !ended && taken - last->processed >= kSaidAgainAfter;
    if (step->partial) {
      if (options.mask_profanity) mask_profanity(*step->partial);
      // One that is searched once more is not unheard.
      if (last) step->partial->processed = std::max(step->partial->processed, last->processed);
      last = std::move(*step->partial);
    } else if (again) {
      last->processed = taken;
    }
    if (step->partial || again) {
      const auto pushed = out.push(*last);
      if (!pushed && pushed.error().code == ErrorCode::kCancelled) co_return pushed.error();
    }
    if (ended) break;
  }
  auto finish = [decoder, punctuator = options.punctuator, language = options.language] {
    auto final = decoder->finish();
    if (final && punctuator) punctuate(*final, *punctuator, language);
    return final;
  };
  co_return co_await pool.run(context, std::move(finish));
}

Task<> stream_utterance(Context context, runtime::ComputePool& pool,
                        std::shared_ptr<UtteranceDecoder> decoder, Stream<audio::Pcm> audio,
                        StreamWriter<Transcript> out, UtteranceOptions options) {
  auto final = co_await decode_utterance(context, pool, std::move(decoder), audio, out, options);
  co_await end_utterance(std::move(context), std::move(final), std::move(out), options.mask_profanity);
}

Task<> end_utterance(Context context, Result<Transcript> final, StreamWriter<Transcript> out,
                     bool mask_profane) {
  if (!final) {
    out.fail(final.error());
    co_return;
  }
  if (mask_profane) mask_profanity(*final);
  const auto sent = co_await out.send(std::move(*final), context.deadline);
  if (!sent) {
    out.fail(sent.error());
    co_return;
  }
  out.finish();
}

}  // namespace parley::speech
