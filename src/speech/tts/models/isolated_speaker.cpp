// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/isolated_speaker.hpp"

#include "speech/remote/engine_client.hpp"

#include <algorithm>
#include <utility>

namespace parley::speech {

using inference::EngineProcess;
using inference::SherpaModel;
using inference::SherpaOnnx;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatiencePerLetter = 100ms;
constexpr std::size_t kMostLetters = 1000;  // for which one is patient
constexpr int kLowestRate = 4000;

class IsolatedSpeaker final : public SherpaSpeaker {
 public:
  IsolatedSpeaker(std::shared_ptr<EngineProcess> process, const EngineTraits& traits)
      : process_(std::move(process)), traits_(traits) {}

  bool alive() const override { return process_->alive(); }
  int rate() const override { return traits_.rate; }
  int speakers() const override { return traits_.speakers; }

  Result<std::vector<std::int16_t>> speak(const std::string& text, int speaker, double speed) override {
    const auto line = process_->connect();
    if (!line) return failed();
    auto message = engine_request(EngineRequest::kSpeak);
    write(message, SpeakPiece{text, speaker, speed});
    const auto patience =
        kEnginePatience + kPatiencePerLetter * static_cast<int>(std::min(text.size(), kMostLetters));
    auto spoken = ask_engine<std::vector<std::int16_t>>(*process_, *line, std::move(message), patience);
    if (!spoken && spoken.error().code == ErrorCode::kServiceUnavailable) return failed();
    return spoken;
  }

 private:
  static Error failed() { return {ErrorCode::kTtsFailed, "the voice ended"}; }

  const std::shared_ptr<EngineProcess> process_;
  const EngineTraits traits_;
};

}  // namespace

Result<std::shared_ptr<SherpaSpeaker>> load_speaker(const NeuralModels& models, const NeuralModel& model,
                                                    const SherpaModel& inspected) {
  if (!models.host) {
    return load_here(models,
                     [&](const SherpaOnnx& library) { return SherpaSpeaker::load(library, inspected); });
  }
  auto loaded = load_isolated(models, model, 0, runtime::kSpeakingNiceness);
  if (!loaded) return loaded.error();
  if (loaded->traits.rate < kLowestRate) {
    return Error{ErrorCode::kUnsupportedMedia, "the voice has no sampling rate", model.name};
  }
  return std::shared_ptr<SherpaSpeaker>(
      std::make_shared<IsolatedSpeaker>(std::move(loaded->process), loaded->traits));
}

}  // namespace parley::speech
