// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/pocketsphinx.hpp"

#include "runtime/task_group.hpp"
#include "speech/asr/models/decoder_pool.hpp"
#include "speech/asr/models/thorough_utterance.hpp"
#include "speech/asr/models/utterance.hpp"
#include "speech/asr/models/voice_memory.hpp"
#include "speech/asr/profanity.hpp"
#include "speech/asr/utterance_stream.hpp"
#include "text/word_error_rate.hpp"

#include <algorithm>
#include <atomic>
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

constexpr std::size_t kWaitingPerDecoder = 8;
// The others are opened when as many utterances are recognised at a time.
constexpr std::int64_t kOpenedFirst = 2;

// A decoder at work on one utterance, which goes back to its pool with this.
class Recognition final : public UtteranceDecoder {
 public:
  Recognition(DecoderPool::Lease decoder, const std::optional<CepstralMean>& channel, bool keep,
              std::shared_ptr<const PhraseGroups> phrases)
      : lease(std::move(decoder)), utterance(*lease, channel, keep, std::move(phrases)) {}

  Result<> accept(std::span<const std::int16_t> samples) override {
    utterance.accept(samples);
    return {};
  }
  Result<bool> advance() override { return utterance.advance(); }
  std::optional<Transcript> take_partial() override { return utterance.take_partial(); }
  Result<Transcript> finish() override { return utterance.finish(); }

  const DecoderPool::Lease lease;
  Utterance utterance;
};

// The same for speech that can wait.
class ThoroughRecognition final : public UtteranceDecoder {
 public:
  explicit ThoroughRecognition(DecoderPool::Lease decoder)
      : lease_(std::move(decoder)), utterance_(*lease_) {}

  Result<> accept(std::span<const std::int16_t> samples) override {
    utterance_.accept(samples);
    return {};
  }
  Result<bool> advance() override { return utterance_.advance(); }
  std::optional<Transcript> take_partial() override { return std::nullopt; }
  Result<Transcript> finish() override { return utterance_.finish(); }

 private:
  const DecoderPool::Lease lease_;
  ThoroughUtterance utterance_;
};

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
  if (!lesson.words.empty()) lesson.samples = recognition.utterance.kept();
  return lesson;
}

// A decoder that cannot take up a bias still hears general English.
void expect(SphinxDecoder& decoder, const std::shared_ptr<const Bias>& bias) {
  const auto changed = decoder.expect(bias);
  if (!changed) spdlog::error("the recogniser goes on without bias: {}", runtime::to_string(changed.error()));
}

// One that cannot adapt hears everybody alike; what it had adapted to may be another's voice.
Result<> prepare_decoder(SphinxDecoder& decoder, const std::shared_ptr<const Bias>& bias,
                         const std::shared_ptr<const VoiceModel>& voice) {
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
  const auto known = voice ? voice->known() : SphinxVoice::Known{};
  if ((*lease)->expected() != options.bias.get() || (*lease)->adapted() != known.model.get()) {
    auto change = [decoder = *lease, bias = std::move(options.bias), model = known.model] {
      return prepare_decoder(*decoder, bias, model);
    };
    const auto changed = co_await pool.run(context, std::move(change));
    if (!changed) {
      out.fail(changed.error());
      co_return;
    }
  }
  const UtteranceOptions manner{options.partials && !options.thorough, config.masks_profanity(),
                                std::move(options.punctuator), "en"};
  if (options.thorough) {
    auto decoder = std::make_shared<ThoroughRecognition>(std::move(*lease));
    co_await stream_utterance(context, pool, std::move(decoder), std::move(audio), std::move(out), manner);
    co_return;
  }
  auto recognition =
      std::make_shared<Recognition>(std::move(*lease), known.channel,
                                    voice && options.learn && voice->adapts(), std::move(options.phrases));
  auto final = co_await decode_utterance(context, pool, recognition, audio, out, manner);
  if (!final) {
    out.fail(final.error());
    co_return;
  }
  std::optional<Lesson> lesson;
  if (voice && options.learn && !final->words.empty()) {
    voice->heard(recognition->utterance.channel(), known.model.get());
    lesson = lesson_of(*recognition, *final, options.said);
  }
  // The decoder is free from here on.
  recognition.reset();
  if (config.masks_profanity()) mask_profanity(*final);
  const auto sent = co_await out.send(std::move(*final), context.deadline);
  if (sent && lesson && !lesson->words.empty()) {
    auto learn = [voice, lesson = std::move(*lesson)]() mutable {
      voice->learn(std::move(lesson));
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
    auto teacher = VoiceTeacher::open(std::filesystem::path(config_.model_dir) / "en-us");
    if (teacher) {
      teacher_ = std::move(*teacher);
    } else {
      spdlog::warn("the recogniser cannot adapt to voices: {}", runtime::to_string(teacher.error()));
    }
    for (std::int64_t i = 1; i < std::min(kOpenedFirst, config_.decoders); ++i) {
      const auto opening = open_another();
      if (!opening) return opening.error();
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
    auto [stream, writer] = runtime::make_stream<Transcript>(kUnreadTranscripts);
    const auto known = knows(options.language);
    if (!known) {
      writer.fail(known.error());
      return std::move(stream);
    }
    // A pool with too much to do opens none; this one waits for those that there are.
    if (decoders_->all_lent()) static_cast<void>(open_another());
    tasks_.spawn(
        serve(context, decoders_, pool_, config_, std::move(audio), std::move(writer), std::move(options)));
    return std::move(stream);
  }

  std::shared_ptr<VoiceMemory> remember(bool adapt) override {
    return std::make_shared<SphinxVoice>(adapt ? teacher_ : nullptr);
  }

  std::shared_ptr<const VoiceKeeper> keeper() const override {
    return teacher_ ? make_sphinx_keeper(teacher_) : nullptr;
  }

  void prepare(const std::shared_ptr<const Bias>& bias) override {
    decoders_->prefer(bias);
    prepare_next(decoders_, pool_);
  }

 private:
  // One that cannot be opened is not tried again.
  Result<> open_another() {
    if (opened_.fetch_add(1) >= config_.decoders) {
      --opened_;
      return {};
    }
    auto posted = pool_.post([decoders = decoders_, config = config_] {
      auto next = SphinxDecoder::open(config);
      if (next) {
        expect(**next, decoders->preferred());
        decoders->add(std::move(*next));
      } else {
        spdlog::error("a further recogniser could not be opened: {}", runtime::to_string(next.error()));
      }
    });
    if (!posted) --opened_;
    return posted;
  }

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
  std::atomic<std::int64_t> opened_{1};  // with those that are being opened
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
