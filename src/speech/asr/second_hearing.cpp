// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/second_hearing.hpp"

#include "runtime/clock.hpp"
#include "runtime/task_group.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/this_coro.hpp>

namespace parley::speech {

namespace {

using runtime::Context;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Stream;
using runtime::StreamWriter;
using runtime::Task;
using namespace std::chrono_literals;

// 3.8 MB, and only for as long as somebody speaks without a pause.
constexpr std::size_t kMostKept = 120U * 16000;
constexpr std::size_t kBlock = 16000 / 10;
constexpr std::size_t kUnheardBlocks = 8;
// A stream has no way to end a wait from outside, so it looks this often whether it is still wanted.
constexpr auto kStillWanted = 200ms;

// Keeps what the decoder is given.
class KeepingDecoder final : public UtteranceDecoder {
 public:
  explicit KeepingDecoder(std::shared_ptr<UtteranceDecoder> decoder) : decoder_(std::move(decoder)) {}

  Result<> accept(std::span<const std::int16_t> samples) override {
    {
      const std::lock_guard lock(mutex_);
      if (kept_ && kept_->size() + samples.size() > kMostKept) kept_.reset();
      if (kept_) kept_->insert(kept_->end(), samples.begin(), samples.end());
    }
    return decoder_->accept(samples);
  }
  Result<bool> advance() override { return decoder_->advance(); }
  std::optional<Transcript> take_partial() override { return decoder_->take_partial(); }
  Result<Transcript> finish() override { return decoder_->finish(); }

  // Nothing when it was too much.
  std::optional<std::vector<std::int16_t>> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(kept_, std::nullopt);
  }

 private:
  const std::shared_ptr<UtteranceDecoder> decoder_;
  std::mutex mutex_;
  std::optional<std::vector<std::int16_t>> kept_{std::in_place};
};

// What was kept and then what still comes, until the audio or the interest in it ends.
Task<> replay(Context context, std::vector<std::int16_t> kept, Stream<audio::Pcm> audio,
              StreamWriter<audio::Pcm> to) {
  for (std::size_t at = 0; at < kept.size(); at += kBlock) {
    const auto end = std::min(at + kBlock, kept.size());
    audio::Pcm block{
        audio::kSpeechFormat,
        {kept.begin() + static_cast<std::ptrdiff_t>(at), kept.begin() + static_cast<std::ptrdiff_t>(end)}};
    const auto sent = co_await to.send(std::move(block), context.deadline);
    if (!sent) co_return;
  }
  const runtime::SystemClock clock;
  while (!to.cancelled() && context.check(clock.now())) {
    auto block = co_await audio.next(clock.now() + kStillWanted);
    if (!block && block.error().code == ErrorCode::kTimeout) continue;
    if (!block) {
      to.fail(block.error());
      co_return;
    }
    if (!block->has_value()) break;
    const auto sent = co_await to.send(std::move(**block), context.deadline);
    if (!sent) co_return;
  }
  to.finish();
}

Task<> forward(Context context, Stream<Transcript> transcripts, StreamWriter<Transcript> out) {
  const runtime::SystemClock clock;
  while (!out.cancelled()) {
    auto next = co_await transcripts.next(clock.now() + kStillWanted);
    if (!next && next.error().code == ErrorCode::kTimeout && context.check(clock.now())) continue;
    if (!next) {
      out.fail(next.error());
      co_return;
    }
    if (!next->has_value()) break;
    if ((**next).is_final) {
      const auto sent = co_await out.send(std::move(**next), context.deadline);
      if (!sent) co_return;
    } else {
      static_cast<void>(out.push(std::move(**next)));
    }
  }
  out.finish();
}

Task<> hear_again(Context context, SecondHearing second, std::vector<std::int16_t> kept,
                  Stream<audio::Pcm> audio, StreamWriter<Transcript> out) {
  auto [again, writer] = runtime::make_stream<audio::Pcm>(kUnheardBlocks);
  auto transcripts = second.recognizer->recognize(context, std::move(again), std::move(second.options));
  const runtime::Executor here = co_await boost::asio::this_coro::executor;
  runtime::TaskGroup replaying(here);
  replaying.spawn(replay(context, std::move(kept), std::move(audio), std::move(writer)));
  co_await forward(context, std::move(transcripts), std::move(out));
}

}  // namespace

Task<> stream_or_hear_again(Context context, runtime::ComputePool& pool,
                            std::shared_ptr<UtteranceDecoder> decoder, Stream<audio::Pcm> audio,
                            StreamWriter<Transcript> out, UtteranceOptions options, SecondHearing second) {
  const auto keeping = std::make_shared<KeepingDecoder>(std::move(decoder));
  const std::shared_ptr<UtteranceDecoder> first = keeping;
  auto final = co_await decode_utterance(context, pool, first, audio, out, options);
  const bool lost = !final && final.error().code != ErrorCode::kCancelled && second.lost();
  auto kept = lost ? keeping->take() : std::nullopt;
  if (kept) {
    co_await hear_again(std::move(context), std::move(second), std::move(*kept), std::move(audio),
                        std::move(out));
    co_return;
  }
  co_await end_utterance(std::move(context), std::move(final), std::move(out), options.mask_profanity);
}

}  // namespace parley::speech
