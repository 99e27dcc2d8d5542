// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/sherpa_speaker.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace parley::speech {

namespace sherpa = inference::sherpa;
using inference::guarded;
using inference::SherpaFamily;
using inference::SherpaModel;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

// The structure points into the model, which outlives the call.
sherpa::TtsConfig config_of(const SherpaModel& model) {
  sherpa::TtsConfig config{};
  config.model.num_threads = 1;
  config.model.provider = "cpu";
  config.max_num_sentences = 1;
  config.silence_scale = 1;
  const char* tokens = model.file("tokens");
  const char* lexicon = model.file("lexicon");
  const char* data = model.file("espeak-ng-data");
  // A model that reads characters needs neither, and would be told to read sounds.
  if (model.outline.value("frontend") == "characters") data = nullptr;
  switch (model.family) {
    case SherpaFamily::kMatcha:
      config.model.matcha = {
          model.file("model"), model.file("vocoder"), lexicon, tokens, data, 0, 0, nullptr};
      break;
    case SherpaFamily::kKokoro:
      config.model.kokoro = {
          model.file("model"), model.file("voices"), tokens, data, 0, nullptr, lexicon, nullptr};
      break;
    default:
      config.model.vits = {
          model.file("model"), lexicon, tokens, lexicon != nullptr ? nullptr : data, 0, 0, 0, nullptr};
      break;
  }
  return config;
}

class LoadedSpeaker final : public SherpaSpeaker {
 public:
  LoadedSpeaker(const sherpa::Functions& functions, const sherpa::Tts* tts)
      : functions_(functions),
        tts_(tts),
        rate_(functions.tts_rate(tts)),
        speakers_(functions.tts_speakers(tts)) {}
  ~LoadedSpeaker() override { functions_.destroy_tts(tts_); }

  int rate() const override { return rate_; }
  int speakers() const override { return speakers_; }

  Result<std::vector<std::int16_t>> speak(const std::string& text, int speaker, double speed) override {
    sherpa::GenerationConfig config{};
    config.silence_scale = 1;
    config.speed = static_cast<float>(speed);
    config.sid = speaker;
    const std::lock_guard one_at_a_time(mutex_);
    return guarded(ErrorCode::kTtsFailed, "the voice could not speak the text", [&] {
      std::vector<std::int16_t> samples;
      const std::unique_ptr<const sherpa::GeneratedAudio, void (*)(const sherpa::GeneratedAudio*)> made(
          functions_.generate(tts_, text.c_str(), &config, nullptr, nullptr), functions_.destroy_audio);
      if (!made || made->samples == nullptr) return samples;
      samples.resize(static_cast<std::size_t>(std::max(made->n, 0)));
      std::transform(made->samples, made->samples + samples.size(), samples.begin(), [](float sample) {
        return static_cast<std::int16_t>(std::lround(std::clamp(sample, -1.0F, 1.0F) * 32767.0F));
      });
      return samples;
    });
  }

 private:
  const sherpa::Functions& functions_;
  const sherpa::Tts* tts_;
  const int rate_;
  const int speakers_;
  std::mutex mutex_;
};

}  // namespace

Result<std::shared_ptr<SherpaSpeaker>> SherpaSpeaker::load(const inference::SherpaOnnx& library,
                                                           const SherpaModel& model) {
  const std::string name(model.family_name);
  if (model.task != inference::SherpaTask::kSynthesis) {
    return Error{ErrorCode::kUnsupportedMedia, "a model of " + name + " does not speak"};
  }
  const sherpa::Functions& functions = library.functions();
  auto loaded = guarded(ErrorCode::kUnsupportedMedia, "sherpa-onnx cannot load the voice of " + name, [&] {
    const auto config = config_of(model);
    const auto* tts = functions.create_tts(&config);
    return tts == nullptr ? nullptr : std::make_shared<LoadedSpeaker>(functions, tts);
  });
  if (!loaded) return loaded.error();
  if (!*loaded || (*loaded)->rate() <= 0) {
    return Error{ErrorCode::kUnsupportedMedia, "sherpa-onnx refuses the voice of " + name};
  }
  return std::shared_ptr<SherpaSpeaker>(std::move(*loaded));
}

}  // namespace parley::speech
