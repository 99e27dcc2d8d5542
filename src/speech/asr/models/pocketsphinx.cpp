// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/pocketsphinx.hpp"

#include "runtime/task_group.hpp"
#include "speech/asr/models/decoder_pool.hpp"
#include "speech/asr/models/utterance.hpp"
#include "speech/asr/models/voice_memory.hpp"
#include "speech/asr/profanity.hpp"
#include "text/word_error_rate.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

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

// Transcripts that nobody has read yet; when they are this many, further partials are skipped (the next one
// holds everything), the final waits.
constexpr std::size_t kTranscripts = 16;
// Decoding goes on in pieces of at most this much new audio.
constexpr std::size_t kSamplesAtOnce = 16000 / 2;
// A stream has no way to end a wait for audio from outside, so it looks this often whether it is still
// wanted.
constexpr auto kStillWanted = 200ms;
constexpr std::size_t kWaitingPerDecoder = 8;

// Everything that the work on the pool touches: it may outlive the stream by one piece of work.
struct Recognition {
  Recognition(DecoderPool::Lease decoder, const SphinxVoice* voice, bool learn)
      : lease(std::move(decoder)),
        utterance(*lease, voice == nullptr ? std::nullopt : voice->channel(), learn && voice->adapts()) {}
  DecoderPool::Lease lease;
  Utterance utterance;
};

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

// What was heard, for learning: the words that were to be said, or else those that were heard. Without words
// when there is nothing to learn.
Lesson lesson_of(const Recognition& recognition, const Transcript& final, const std::string& said) {
  Lesson lesson;
  if (!recognition.utterance.kept_all()) return lesson;
  const auto add = [&](const std::string& word, double certainty) {
    auto phones = recognition.lease->phones(word);
    if (phones) lesson.words.push_back({std::move(*phones), certainty});
    return phones.has_value();
  };
  bool known = true;
  if (said.empty()) {
    for (const Word& word : final.words) known = known && add(word.text, word.confidence.value_or(1));
  } else {
    for (const std::string& word : text::comparable_words(said)) known = known && add(word, 1);
  }
  if (!known) lesson.words.clear();
  if (!lesson.words.empty()) lesson.cepstra = recognition.utterance.kept();
  return lesson;
}

// One utterance, from its first block to the final transcript.
Task<Result<Transcript>> transcribe(Context context, runtime::ComputePool& pool,
                                    std::shared_ptr<Recognition> recognition, Stream<audio::Pcm>& audio,
                                    const StreamWriter<Transcript>& out, bool partials, bool mask) {
  bool more = false;
  for (;;) {
    auto heard = co_await hear(context, audio, out, !more);
    if (!heard) co_return heard.error();
    if (out.cancelled()) co_return Error{ErrorCode::kCancelled, "nobody listens any more"};
    const bool ended = heard->ended;
    auto work = [recognition, partials, samples = std::move(heard->samples)] {
      recognition->utterance.accept(samples);
      Step done;
      done.more = recognition->utterance.advance();
      if (partials) done.partial = recognition->utterance.take_partial();
      return done;
    };
    auto step = co_await pool.run(context, std::move(work));
    if (!step) co_return step.error();
    if (step->partial) {
      if (mask) mask_profanity(*step->partial);
      const auto pushed = out.push(std::move(*step->partial));
      if (!pushed && pushed.error().code == ErrorCode::kCancelled) co_return pushed.error();
    }
    more = step->more;
    if (ended) break;
  }
  auto finish = [recognition] { return recognition->utterance.finish(); };
  co_return co_await pool.run(context, std::move(finish));
}

// A decoder that cannot take up a bias still hears general English.
void expect(SphinxDecoder& decoder, const std::shared_ptr<const Bias>& bias) {
  const auto changed = decoder.expect(bias);
  if (!changed) spdlog::error("the recogniser goes on without bias: {}", runtime::to_string(changed.error()));
}

// One that cannot adapt hears everybody alike; what it had adapted to may be another's voice.
Result<> prepare_decoder(SphinxDecoder& decoder, const std::shared_ptr<const Bias>& bias,
                         const std::shared_ptr<const VoiceTransform>& voice) {
  expect(decoder, bias);
  return decoder.adapt(voice);
}

Task<> serve(Context context, std::shared_ptr<DecoderPool> decoders, runtime::ComputePool& pool,
             AsrConfig config, Stream<audio::Pcm> audio, StreamWriter<Transcript> out,
             RecognizeOptions options) {
  auto lease = co_await decoders->acquire(context, runtime::SystemClock().now() + config.wait, options.bias);
  if (!lease) {
    out.fail(lease.error());
    co_return;
  }
  const auto voice = std::dynamic_pointer_cast<SphinxVoice>(options.voice);
  const auto transform = voice ? voice->transform() : nullptr;
  if ((*lease)->expected() != options.bias.get() || (*lease)->adapted() != transform.get()) {
    auto change = [decoder = *lease, bias = std::move(options.bias), transform] {
      return prepare_decoder(*decoder, bias, transform);
    };
    const auto changed = co_await pool.run(context, std::move(change));
    if (!changed) {
      out.fail(changed.error());
      co_return;
    }
  }
  auto recognition = std::make_shared<Recognition>(std::move(*lease), voice.get(), voice && options.learn);
  auto final =
      co_await transcribe(context, pool, recognition, audio, out, options.partials, config.masks_profanity());
  if (!final) {
    out.fail(final.error());
    co_return;
  }
  std::optional<Lesson> lesson;
  if (voice && options.learn && !final->words.empty()) {
    voice->heard(recognition->utterance.channel());
    lesson = lesson_of(*recognition, *final, options.said);
  }
  // The decoder is free from here on.
  recognition.reset();
  if (config.masks_profanity()) mask_profanity(*final);
  const auto sent = co_await out.send(std::move(*final), context.deadline);
  if (sent && lesson && !lesson->words.empty()) {
    auto learn = [voice, lesson = std::move(*lesson)] {
      voice->learn(lesson);
      return true;
    };
    // An engine with more urgent work learns nothing from this one.
    const auto learnt = co_await pool.run(context, std::move(learn));
    static_cast<void>(learnt);
  }
  if (!sent) {
    out.fail(sent.error());
    co_return;
  }
  out.finish();
}

bool is_english(std::string_view language) {
  return language.empty() || language == "en" || language.starts_with("en-") || language.starts_with("en_");
}

class PocketSphinx final : public Recognizer {
 public:
  PocketSphinx(const AsrConfig& config, runtime::ComputePool& pool, runtime::Executor executor)
      : config_(config),
        pool_(pool),
        decoders_(
            std::make_shared<DecoderPool>(kWaitingPerDecoder * static_cast<std::size_t>(config.decoders))),
        tasks_(std::move(executor)) {}

  Result<> open() {
    auto first = SphinxDecoder::open(config_);
    if (!first) return first.error();
    decoders_->add(std::move(*first));
    auto model = AcousticModel::read(std::filesystem::path(config_.model_dir) / "en-us");
    if (model) {
      teacher_ = std::make_shared<const VoiceTeacher>(std::move(*model));
    } else {
      spdlog::warn("the recogniser cannot adapt to voices: {}", runtime::to_string(model.error()));
    }
    for (std::int64_t i = 1; i < config_.decoders; ++i) {
      const auto posted = pool_.post([decoders = decoders_, config = config_] {
        auto next = SphinxDecoder::open(config);
        if (next) {
          expect(**next, decoders->preferred());
          decoders->add(std::move(*next));
        } else {
          spdlog::error("a further recogniser could not be opened: {}", runtime::to_string(next.error()));
        }
      });
      if (!posted) return posted.error();
    }
    return {};
  }

  EngineInfo info() const override { return {"pocketsphinx 5prealpha en-us", "local"}; }

  Result<> knows(std::string_view language) const override {
    if (is_english(language)) return {};
    return Error{ErrorCode::kLanguageUnavailable, "the embedded recogniser knows only English", "language"};
  }

  Stream<Transcript> recognize(const Context& context, Stream<audio::Pcm> audio,
                               RecognizeOptions options) override {
    auto [stream, writer] = runtime::make_stream<Transcript>(kTranscripts);
    const auto known = knows(options.language);
    if (!known) {
      writer.fail(known.error());
      return std::move(stream);
    }
    tasks_.spawn(
        serve(context, decoders_, pool_, config_, std::move(audio), std::move(writer), std::move(options)));
    return std::move(stream);
  }

  std::shared_ptr<VoiceMemory> remember(bool adapt) override {
    return std::make_shared<SphinxVoice>(adapt ? teacher_ : nullptr);
  }

  void prepare(const std::shared_ptr<const Bias>& bias) override {
    decoders_->prefer(bias);
    prepare_next(decoders_, pool_);
  }

 private:
  // One after the other, so that the rest can be lent meanwhile. A full pool leaves it to the next utterance.
  static void prepare_next(const std::shared_ptr<DecoderPool>& decoders, runtime::ComputePool& pool) {
    auto lease = decoders->acquire_other();
    if (!lease) return;
    static_cast<void>(pool.post([decoders, &pool, decoder = std::move(lease)]() mutable {
      expect(*decoder, decoders->preferred());
      decoder.reset();
      prepare_next(decoders, pool);
    }));
  }

  AsrConfig config_;
  runtime::ComputePool& pool_;
  std::shared_ptr<DecoderPool> decoders_;
  std::shared_ptr<const VoiceTeacher> teacher_;
  runtime::TaskGroup tasks_;
};

}  // namespace

Result<std::unique_ptr<Recognizer>> open_pocketsphinx(const AsrConfig& config, runtime::ComputePool& pool,
                                                      runtime::Executor executor) {
  auto recognizer = std::make_unique<PocketSphinx>(config, pool, std::move(executor));
  const auto opened = recognizer->open();
  if (!opened) return opened.error();
  return std::unique_ptr<Recognizer>(std::move(recognizer));
}

}  // namespace parley::speech
