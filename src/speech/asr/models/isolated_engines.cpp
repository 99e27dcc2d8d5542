// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/isolated_engines.hpp"

#include "speech/asr/models/expected_words.hpp"
#include "speech/asr/models/sherpa_punctuator.hpp"
#include "speech/remote/engine_client.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace parley::speech {

using inference::EngineConnection;
using inference::EngineProcess;
using inference::SherpaModel;
using inference::SherpaOnnx;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr int kPatiencePerSecond = 4;
constexpr auto kMostPatience = 150s;

constexpr std::size_t kRate = 16000;
constexpr std::size_t kMostSamples = 30 * kRate;  // of one message

class IsolatedUtterance final : public UtteranceDecoder {
 public:
  IsolatedUtterance(std::shared_ptr<EngineProcess> process, bool english,
                    std::span<const std::string> expected)
      : process_(std::move(process)), begin_{english, {expected.begin(), expected.end()}} {}

  Result<> accept(std::span<const std::int16_t> samples) override {
    waiting_.insert(waiting_.end(), samples.begin(), samples.end());
    return {};
  }

  Result<bool> advance() override {
    auto step = say<UtteranceStep>(EngineRequest::kAdvance);
    if (!step) return step.error();
    if (step->partial) latest_ = std::move(step->partial);
    return step->more || !waiting_.empty();
  }

  std::optional<Transcript> take_partial() override { return std::exchange(latest_, std::nullopt); }

  Result<Transcript> finish() override {
    while (waiting_.size() > kMostSamples) {
      const auto heard = say<UtteranceStep>(EngineRequest::kHear);
      if (!heard) return heard.error();
    }
    auto final = say<Transcript>(EngineRequest::kFinish);
    line_.reset();
    if (final) final->is_final = true;
    return final;
  }

 private:
  // Sends what waits, and a line is opened when it is first needed: who begins an utterance does not wait.
  template <class T>
  Result<T> say(EngineRequest kind) {
    if (!line_) {
      auto line = process_->connect();
      if (!line) return failed(line.error());
      line_ = std::move(*line);
      auto message = engine_request(EngineRequest::kBegin);
      write(message, begin_);
      const auto begun = ask_engine<NoAnswer>(*process_, *line_, std::move(message), kEnginePatience);
      if (!begun) return failed(begun.error());
    }
    const std::size_t count = std::min(waiting_.size(), kMostSamples);
    auto message = engine_request(kind);
    message.samples({waiting_.data(), count});
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    heard_ += count;
    auto answer = ask_engine<T>(*process_, *line_, std::move(message), patience());
    if (!answer) return failed(answer.error());
    return answer;
  }

  milliseconds patience() const {
    const auto length = std::chrono::seconds(heard_ / kRate);
    return std::min<milliseconds>(kEnginePatience + kPatiencePerSecond * length, kMostPatience);
  }

  static Error failed(const Error& error) {
    if (error.code != ErrorCode::kServiceUnavailable) return error;
    return {ErrorCode::kAsrFailed, "the recogniser ended"};
  }

  const std::shared_ptr<EngineProcess> process_;
  const UtteranceBegin begin_;
  std::optional<EngineConnection> line_;
  std::vector<std::int16_t> waiting_;
  std::size_t heard_ = 0;
  std::optional<Transcript> latest_;
};

class IsolatedEngine final : public SherpaEngine {
 public:
  IsolatedEngine(std::shared_ptr<EngineProcess> process, bool streams)
      : process_(std::move(process)), streams_(streams) {}

  bool streams() const override { return streams_; }
  bool alive() const override { return process_->alive(); }

  Result<std::shared_ptr<UtteranceDecoder>> utterance(bool english,
                                                      std::span<const std::string> expected) const override {
    return std::shared_ptr<UtteranceDecoder>(std::make_shared<IsolatedUtterance>(
        process_, english, expected.first(std::min(expected.size(), ExpectedWords::kMostPhrases))));
  }

 private:
  const std::shared_ptr<EngineProcess> process_;
  const bool streams_;
};

class IsolatedPunctuator final : public Punctuator {
 public:
  explicit IsolatedPunctuator(std::shared_ptr<EngineProcess> process) : process_(std::move(process)) {}

  bool alive() const override { return process_->alive(); }

  Result<std::string> punctuate(std::string_view words) const override {
    const auto line = process_->connect();
    if (!line) return line.error();
    auto message = engine_request(EngineRequest::kPunctuate);
    message.text(words);
    return ask_engine<std::string>(*process_, *line, std::move(message), kEnginePatience);
  }

 private:
  const std::shared_ptr<EngineProcess> process_;
};

}  // namespace

Result<std::shared_ptr<const SherpaEngine>> load_engine(const NeuralModels& models, const NeuralModel& model,
                                                        const SherpaModel& inspected, double word_bonus) {
  if (!models.host) {
    return load_here(models, [&](const SherpaOnnx& library) {
      return SherpaEngine::load(library, inspected, word_bonus);
    });
  }
  auto loaded = load_isolated(models, model, word_bonus, runtime::kComputeNiceness);
  if (!loaded) return loaded.error();
  return std::shared_ptr<const SherpaEngine>(
      std::make_shared<IsolatedEngine>(std::move(loaded->process), loaded->traits.streams));
}

Result<std::shared_ptr<const Punctuator>> load_punctuator(const NeuralModels& models,
                                                          const NeuralModel& model,
                                                          const SherpaModel& inspected) {
  if (!models.host) {
    return load_here(models,
                     [&](const SherpaOnnx& library) { return load_sherpa_punctuator(library, inspected); });
  }
  auto loaded = load_isolated(models, model, 0, runtime::kComputeNiceness);
  if (!loaded) return loaded.error();
  return std::shared_ptr<const Punctuator>(std::make_shared<IsolatedPunctuator>(std::move(loaded->process)));
}

}  // namespace parley::speech
