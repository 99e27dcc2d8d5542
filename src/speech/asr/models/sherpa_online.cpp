// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/sherpa_parts.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace parley::speech {

namespace sherpa = inference::sherpa;
using inference::guarded;
using inference::SherpaFamily;
using inference::SherpaModel;
using runtime::ErrorCode;
using runtime::Result;
using std::chrono::milliseconds;

namespace {

constexpr int kStepsAtOnce = 2;
// After the last word a network needs frames to say it, and a chunk that is not full is not decoded.
constexpr std::size_t kMargin = kSherpaRate / 10;
constexpr std::size_t kUsualChunk = kSherpaRate * 2 / 3;
constexpr std::size_t kFrame = kSherpaRate / 100;

// The structures of the engine point into the model, which outlives the call.
sherpa::OnlineConfig online_config(const SherpaModel& model) {
  sherpa::OnlineConfig config{};
  config.feat_config = {kSherpaRate, 80};
  config.decoding_method = "greedy_search";
  auto& to = config.model_config;
  to.tokens = model.file("tokens");
  to.num_threads = 1;
  to.provider = "cpu";
  switch (model.family) {
    case SherpaFamily::kStreamingTransducer:
      to.transducer = {model.file("encoder"), model.file("decoder"), model.file("joiner")};
      break;
    case SherpaFamily::kStreamingParaformer:
      to.paraformer = {model.file("encoder"), model.file("decoder")};
      break;
    case SherpaFamily::kStreamingNemoCtc:
      to.nemo_ctc = {model.file("model")};
      break;
    default:
      to.zipformer2_ctc = {model.file("model")};
      break;
  }
  return config;
}

// Samples of silence that push the last words out of a streaming network: one chunk of it and some more.
std::size_t tail_of(const SherpaModel& model) {
  for (const char* key : {"T", "window_size"}) {
    const auto value = model.outline.value(key);
    std::size_t frames = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), frames);
    if (error == std::errc() && frames > 0 && frames < 1000) return frames * kFrame + kMargin;
  }
  return kUsualChunk + kMargin;
}

// The log-probabilities of tokens in the result that sherpa-onnx writes as JSON; none where it has none.
std::vector<double> probabilities(std::string_view json) {
  constexpr std::string_view kKey = "\"ys_probs\": [";
  const auto begin = json.find(kKey);
  std::vector<double> values;
  if (begin == std::string_view::npos) return values;
  const char* at = json.data() + begin + kKey.size();
  const char* end = json.data() + json.size();
  for (double value = 0; at < end && *at != ']'; ++at) {
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc()) continue;
    values.push_back(value);
    at = next;
    if (at == end || *at == ']') break;
  }
  return values;
}

class OnlineUtterance final : public UtteranceDecoder {
 public:
  OnlineUtterance(std::shared_ptr<const SherpaEngine> engine, const sherpa::Functions& library,
                  const sherpa::OnlineRecognizer* recognizer, SherpaHandle<sherpa::OnlineStream> stream,
                  std::size_t tail, bool english)
      : engine_(std::move(engine)),
        library_(library),
        recognizer_(recognizer),
        stream_(std::move(stream)),
        tail_(tail),
        english_(english) {}

  Result<> accept(std::span<const std::int16_t> samples) override {
    samples_ += samples.size();
    return push(sherpa_samples(samples));
  }

  Result<bool> advance() override {
    auto more = guarded(ErrorCode::kAsrFailed, kSherpaFailed, [this] {
      for (int i = 0; i < kStepsAtOnce && ready(); ++i) library_.decode_online(recognizer_, stream_.get());
      return ready();
    });
    return more;
  }

  std::optional<Transcript> take_partial() override {
    auto now = transcript();
    if (!now || now->spoken == reported_) return std::nullopt;
    reported_ = now->spoken;
    return std::move(*now);
  }

  Result<Transcript> finish() override {
    const auto pushed = push(std::vector<float>(tail_));
    if (!pushed) return pushed.error();
    auto decoded = guarded(ErrorCode::kAsrFailed, kSherpaFailed, [this] {
      library_.finish_online(stream_.get());
      while (ready()) library_.decode_online(recognizer_, stream_.get());
      return true;
    });
    if (!decoded) return decoded.error();
    auto final = transcript();
    if (!final) return final.error();
    final->is_final = true;
    return final;
  }

 private:
  bool ready() const { return library_.online_ready(recognizer_, stream_.get()) != 0; }

  Result<> push(const std::vector<float>& samples) {
    const auto taken = guarded(ErrorCode::kAsrFailed, kSherpaFailed, [&] {
      library_.accept_online(stream_.get(), kSherpaRate, samples.data(),
                             static_cast<std::int32_t>(samples.size()));
      return true;
    });
    if (!taken) return taken.error();
    return {};
  }

  Result<Transcript> transcript() const {
    return guarded(ErrorCode::kAsrFailed, kSherpaFailed, [this] {
      const SherpaHandle<sherpa::OnlineResult> result(library_.online_result(recognizer_, stream_.get()),
                                                      library_.destroy_online_result);
      if (!result) return Transcript{};
      auto tokens = tokens_of(result->tokens_arr, result->timestamps, result->count, {});
      const auto known = probabilities(result->json);
      for (std::size_t i = 0; known.size() == tokens.size() && i < tokens.size(); ++i) {
        tokens[i].log_probability = known[i];
      }
      const auto end = length_of(samples_);
      auto words = words_of_tokens(tokens, end);
      if (words.empty()) words = words_of_text(result->text, {}, end);
      Transcript made = transcript_of(result->text, std::move(words), english_);
      made.processed = static_cast<std::int64_t>(samples_);
      return made;
    });
  }

  std::shared_ptr<const SherpaEngine> engine_;  // outlives the stream
  const sherpa::Functions& library_;
  const sherpa::OnlineRecognizer* recognizer_;
  SherpaHandle<sherpa::OnlineStream> stream_;
  const std::size_t tail_;
  const bool english_;
  std::size_t samples_ = 0;
  std::string reported_;
};

class OnlineEngine final : public SherpaEngine {
 public:
  OnlineEngine(const sherpa::Functions& library, SherpaHandle<sherpa::OnlineRecognizer> recognizer,
               std::size_t tail, std::optional<ExpectedWords> words)
      : library_(library), recognizer_(std::move(recognizer)), tail_(tail), words_(std::move(words)) {}

  bool streams() const override { return true; }

  Result<std::shared_ptr<UtteranceDecoder>> utterance(bool english,
                                                      std::span<const std::string> phrases) const override {
    const std::string expected = words_ ? words_->written(phrases) : std::string();
    return guarded(ErrorCode::kAsrFailed, "the recogniser cannot begin", [&] {
      SherpaHandle<sherpa::OnlineStream> stream(
          expected.empty() ? library_.create_online_stream(recognizer_.get())
                           : library_.create_expecting_online_stream(recognizer_.get(), expected.c_str()),
          library_.destroy_online_stream);
      return std::shared_ptr<UtteranceDecoder>(std::make_shared<OnlineUtterance>(
          shared_from_this(), library_, recognizer_.get(), std::move(stream), tail_, english));
    });
  }

 private:
  const sherpa::Functions& library_;
  SherpaHandle<sherpa::OnlineRecognizer> recognizer_;
  const std::size_t tail_;
  const std::optional<ExpectedWords> words_;  // nothing: the model cannot expect any
};

}  // namespace

std::shared_ptr<const SherpaEngine> make_online_engine(const sherpa::Functions& library,
                                                       const SherpaModel& model, double word_bonus) {
  auto config = online_config(model);
  std::optional<PieceFile> pieces;
  auto words = expect_words(config, pieces, model, word_bonus);
  SherpaHandle<sherpa::OnlineRecognizer> recognizer(library.create_online(&config), library.destroy_online);
  if (!recognizer) return nullptr;
  return std::make_shared<OnlineEngine>(library, std::move(recognizer), tail_of(model), std::move(words));
}

}  // namespace parley::speech
