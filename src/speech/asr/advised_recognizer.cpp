// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/advised_recognizer.hpp"

#include <utility>

namespace parley::speech {

namespace {

using runtime::Context;
using runtime::Error;
using runtime::Result;
using runtime::Stream;

class AdvisedRecognizer final : public Recognizer {
 public:
  AdvisedRecognizer(std::unique_ptr<Recognizer> engine, ModelAdvice advice)
      : engine_(std::move(engine)), advice_(std::move(advice)) {}

  EngineInfo info() const override { return engine_->info(); }

  Result<> knows(std::string_view language) const override {
    const auto known = engine_->knows(language);
    if (known) return {};
    Error error = known.error();
    const auto models = advice_(language);
    for (std::size_t i = 0; i < models.size(); ++i) {
      error.message += (i == 0 ? "; for this language: parley models pull " : ", or ") + models[i];
    }
    if (models.empty()) error.message += "; the list of models has none for this language";
    return error;
  }

  Stream<Transcript> recognize(const Context& context, Stream<audio::Pcm> audio,
                               RecognizeOptions options) override {
    const auto known = knows(options.language);
    if (known) return engine_->recognize(context, std::move(audio), std::move(options));
    auto [stream, writer] = runtime::make_stream<Transcript>(1);
    writer.fail(known.error());
    return std::move(stream);
  }

  std::shared_ptr<VoiceMemory> remember(bool adapt) override { return engine_->remember(adapt); }
  std::shared_ptr<const VoiceKeeper> keeper() const override { return engine_->keeper(); }

  void prepare(const std::shared_ptr<const Bias>& bias) override { engine_->prepare(bias); }

 private:
  const std::unique_ptr<Recognizer> engine_;
  const ModelAdvice advice_;
};

}  // namespace

std::unique_ptr<Recognizer> advised(std::unique_ptr<Recognizer> engine, ModelAdvice advice) {
  return std::make_unique<AdvisedRecognizer>(std::move(engine), std::move(advice));
}

}  // namespace parley::speech
