// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/sherpa_parts.hpp"

#include <optional>
#include <string>

namespace parley::speech {

namespace sherpa = inference::sherpa;
using inference::guarded;
using inference::SherpaFamily;
using inference::SherpaModel;
using runtime::ErrorCode;
using runtime::Result;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kTail = kSherpaRate * 2 / 5;
// Whisper hears 30 s at most; a longer utterance is decoded in parts, cut where the last seconds are
// quietest.
constexpr std::size_t kLongestPart = 27 * kSherpaRate;
constexpr std::size_t kCutWithin = 4 * kSherpaRate;
// A partial of an engine that does not stream takes at most this share of the time.
constexpr int kPartialShare = 5;

sherpa::OfflineConfig offline_config(const SherpaModel& model) {
  sherpa::OfflineConfig config{};
  config.feat_config = {kSherpaRate, 80};
  config.decoding_method = "greedy_search";
  auto& to = config.model_config;
  to.tokens = model.file("tokens");
  to.num_threads = 1;
  to.provider = "cpu";
  const sherpa::OnePartModel single{model.file("model")};
  switch (model.family) {
    case SherpaFamily::kWhisper:
      to.whisper = {model.file("encoder"), model.file("decoder"), "", "transcribe", -1, 0, 0};
      break;
    case SherpaFamily::kMoonshine:
      to.moonshine = {model.file("preprocess"), model.file("encode"), model.file("uncached_decode"),
                      model.file("cached_decode"), nullptr};
      break;
    case SherpaFamily::kTransducer:
    case SherpaFamily::kNemoTransducer:
      to.transducer = {model.file("encoder"), model.file("decoder"), model.file("joiner")};
      to.model_type = model.family == SherpaFamily::kTransducer ? "transducer" : "nemo_transducer";
      break;
    case SherpaFamily::kSenseVoice:
      to.sense_voice = {model.file("model"), "auto", 1};
      break;
    case SherpaFamily::kParaformer:
      to.paraformer = single;
      break;
    case SherpaFamily::kNemoCtc:
      to.nemo_ctc = single;
      break;
    case SherpaFamily::kWenetCtc:
      to.wenet_ctc = single;
      break;
    default:
      to.zipformer_ctc = single;
      break;
  }
  return config;
}

class OfflineUtterance final : public UtteranceDecoder {
 public:
  OfflineUtterance(std::shared_ptr<const SherpaEngine> engine, const sherpa::Functions& library,
                   const sherpa::OfflineRecognizer* recognizer, bool english, std::string expected)
      : engine_(std::move(engine)),
        library_(library),
        recognizer_(recognizer),
        english_(english),
        expected_(std::move(expected)) {}

  Result<> accept(std::span<const std::int16_t> samples) override {
    samples_.insert(samples_.end(), samples.begin(), samples.end());
    return {};
  }

  // Decodes a part that is full, or looks how far it is where that is cheap.
  Result<bool> advance() override {
    if (samples_.size() >= kLongestPart) {
      const auto decoded = decode_part(quietest());
      if (!decoded) return decoded.error();
      return samples_.size() >= kLongestPart;
    }
    const std::size_t since = samples_.size() - std::min(samples_.size(), looked_);
    if (since < static_cast<std::size_t>(kSherpaRate) || length_of(since) < cost_ * kPartialShare)
      return false;
    looked_ = samples_.size();
    auto now = decode(samples_.size());
    if (!now) return now.error();
    latest_ = std::move(*now);
    return false;
  }

  std::optional<Transcript> take_partial() override {
    if (!latest_) return std::nullopt;
    Transcript now = with_before(std::move(*std::exchange(latest_, std::nullopt)));
    if (now.spoken == reported_) return std::nullopt;
    reported_ = now.spoken;
    return now;
  }

  Result<Transcript> finish() override {
    while (samples_.size() >= kLongestPart) {
      const auto decoded = decode_part(quietest());
      if (!decoded) return decoded.error();
    }
    auto last = decode(samples_.size());
    if (!last) return last.error();
    Transcript final = with_before(std::move(*last));
    final.is_final = true;
    return final;
  }

 private:
  milliseconds offset() const { return length_of(done_samples_); }

  // Where the tenth of a second with the least energy lies, among the last of a part.
  std::size_t quietest() const {
    constexpr std::size_t kWindow = kSherpaRate / 10;
    std::size_t best = kLongestPart;
    double least = -1;
    for (std::size_t at = kLongestPart - kCutWithin; at + kWindow <= kLongestPart; at += kWindow) {
      double energy = 0;
      for (std::size_t i = at; i < at + kWindow; ++i)
        energy += static_cast<double>(samples_[i]) * samples_[i];
      if (least >= 0 && energy >= least) continue;
      least = energy;
      best = at + kWindow / 2;
    }
    return best;
  }

  Result<> decode_part(std::size_t samples) {
    auto part = decode(samples);
    if (!part) return part.error();
    before_ = with_before(std::move(*part));
    samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(samples));
    done_samples_ += samples;
    looked_ = 0;
    latest_.reset();
    return {};
  }

  Transcript with_before(Transcript part) const {
    if (!before_.spoken.empty() && !part.spoken.empty()) {
      part.text = before_.text + ' ' + part.text;
      part.spoken = before_.spoken + ' ' + part.spoken;
      part.words.insert(part.words.begin(), before_.words.begin(), before_.words.end());
    } else if (part.spoken.empty()) {
      const auto processed = part.processed;
      part = before_;
      part.processed = processed;
    }
    return part;
  }

  Result<Transcript> decode(std::size_t count) {
    const auto began = std::chrono::steady_clock::now();
    auto decoded = guarded(ErrorCode::kAsrFailed, kSherpaFailed, [&] { return decoded_now(count); });
    cost_ = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
    return decoded;
  }

  Transcript decoded_now(std::size_t count) const {
    Transcript nothing;
    nothing.processed = static_cast<std::int64_t>(done_samples_ + count);
    if (count < static_cast<std::size_t>(kSherpaRate) / 10) return nothing;
    auto floats = sherpa_samples({samples_.data(), count});
    // Some networks cannot do with less than a second.
    floats.resize(std::max<std::size_t>(count + kTail, kSherpaRate));
    const SherpaHandle<sherpa::OfflineStream> stream(
        expected_.empty() ? library_.create_offline_stream(recognizer_)
                          : library_.create_expecting_offline_stream(recognizer_, expected_.c_str()),
        library_.destroy_offline_stream);
    library_.accept_offline(stream.get(), kSherpaRate, floats.data(),
                            static_cast<std::int32_t>(floats.size()));
    library_.decode_offline(recognizer_, stream.get());
    const SherpaHandle<sherpa::OfflineResult> result(library_.offline_result(stream.get()),
                                                     library_.destroy_offline_result);
    if (!result) return nothing;
    auto tokens = tokens_of(result->tokens_arr, result->timestamps, result->count, offset());
    for (std::size_t i = 0; result->ys_log_probs != nullptr && i < tokens.size(); ++i) {
      tokens[i].log_probability = result->ys_log_probs[i];
    }
    const auto end = offset() + length_of(count);
    auto words = words_of_tokens(tokens, end);
    if (words.empty()) words = words_of_text(result->text, offset(), end);
    Transcript made = transcript_of(result->text, std::move(words), english_);
    made.processed = nothing.processed;
    return made;
  }

  std::shared_ptr<const SherpaEngine> engine_;
  const sherpa::Functions& library_;
  const sherpa::OfflineRecognizer* recognizer_;
  const bool english_;
  const std::string expected_;         // words and phrases, as the engine takes them
  std::vector<std::int16_t> samples_;  // of the part that is not done
  std::size_t done_samples_ = 0;
  Transcript before_;
  std::size_t looked_ = 0;
  milliseconds cost_{0};
  std::optional<Transcript> latest_;
  std::string reported_;
};

class OfflineEngine final : public SherpaEngine {
 public:
  OfflineEngine(const sherpa::Functions& library, SherpaHandle<sherpa::OfflineRecognizer> recognizer,
                std::optional<ExpectedWords> words)
      : library_(library), recognizer_(std::move(recognizer)), words_(std::move(words)) {}

  bool streams() const override { return false; }

  Result<std::shared_ptr<UtteranceDecoder>> utterance(bool english,
                                                      std::span<const std::string> expected) const override {
    return std::shared_ptr<UtteranceDecoder>(
        std::make_shared<OfflineUtterance>(shared_from_this(), library_, recognizer_.get(), english,
                                           words_ ? words_->written(expected) : std::string()));
  }

 private:
  const sherpa::Functions& library_;
  SherpaHandle<sherpa::OfflineRecognizer> recognizer_;
  const std::optional<ExpectedWords> words_;  // nothing: the model cannot expect any
};

}  // namespace

std::shared_ptr<const SherpaEngine> make_offline_engine(const sherpa::Functions& library,
                                                        const SherpaModel& model, double word_bonus) {
  auto config = offline_config(model);
  std::optional<PieceFile> pieces;
  auto words = expect_words(config, pieces, model, word_bonus);
  SherpaHandle<sherpa::OfflineRecognizer> recognizer(library.create_offline(&config),
                                                     library.destroy_offline);
  if (!recognizer) return nullptr;
  return std::make_shared<OfflineEngine>(library, std::move(recognizer), std::move(words));
}

}  // namespace parley::speech
