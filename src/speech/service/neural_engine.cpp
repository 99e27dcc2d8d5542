// SPDX-License-Identifier: Apache-2.0
#include "inference/engine_server.hpp"
#include "inference/sherpa_model.hpp"
#include "speech/asr/models/isolated_engines.hpp"
#include "speech/module.hpp"
#include "speech/remote/engine_messages.hpp"
#include "speech/tts/models/isolated_speaker.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

namespace parley::speech {

using inference::EngineChannel;
using inference::EngineMessageReader;
using inference::EngineMessageWriter;
using runtime::Result;

namespace {

// What the model does once it is loaded: one of the three.
struct Tool {
  std::shared_ptr<const SherpaEngine> hears = nullptr;
  std::shared_ptr<const Punctuator> punctuates = nullptr;
  std::shared_ptr<SherpaSpeaker> speaks = nullptr;
};

Result<Tool> load(const EngineLoad& wanted) {
  NeuralModels here;
  here.library = wanted.library;
  const NeuralModel model{wanted.folder, wanted.folder, {}};
  const auto inspected = inference::inspect_sherpa_model(model.folder);
  if (!inspected) return inspected.error();
  Tool tool;
  if (inspected->task == inference::SherpaTask::kSynthesis) {
    auto speaker = load_speaker(here, model, *inspected);
    if (!speaker) return speaker.error();
    tool.speaks = std::move(*speaker);
  } else if (inspected->task == inference::SherpaTask::kPunctuation) {
    auto punctuator = load_punctuator(here, model, *inspected);
    if (!punctuator) return punctuator.error();
    tool.punctuates = std::move(*punctuator);
  } else {
    auto engine = load_engine(here, model, *inspected, wanted.word_bonus);
    if (!engine) return engine.error();
    tool.hears = std::move(*engine);
  }
  return tool;
}

EngineTraits traits_of(const Tool& tool) {
  EngineTraits traits;
  traits.streams = tool.hears && tool.hears->streams();
  if (tool.speaks) traits = {false, tool.speaks->rate(), tool.speaks->speakers()};
  return traits;
}

// The other side does not say what is no message: whoever does is not the other side.
[[noreturn]] void misled() { ::_exit(inference::kEngineMisled); }

void write(EngineMessageWriter& /*to*/, bool /*nothing*/) {}
void write(EngineMessageWriter& to, const std::string& text) { to.text(text); }
void write(EngineMessageWriter& to, const std::vector<std::int16_t>& samples) { to.samples(samples); }

template <class T>
std::string answer(const Result<T>& result) {
  EngineMessageWriter to;
  to.number(static_cast<std::uint8_t>(result ? EngineAnswer::kDone : EngineAnswer::kFailed));
  if (result) {
    write(to, *result);
  } else {
    speech::write(to, result.error());
  }
  return to.take();
}

template <class T>
T read_all(EngineMessageReader& from) {
  T value;
  read(from, value);
  if (!from.ended()) misled();
  return value;
}

std::vector<std::int16_t> read_samples(EngineMessageReader& from) {
  auto samples = from.samples();
  if (!from.ended()) misled();
  return samples;
}

// One line: an utterance, or requests one after the other. The tool is that of all lines.
class Line {
 public:
  Line(std::mutex& mutex, Tool& tool) : mutex_(mutex), tool_(tool) {}

  std::string answer_to(std::string_view message) {
    EngineMessageReader from(message);
    const auto kind = static_cast<EngineRequest>(from.number());
    switch (kind) {
      case EngineRequest::kLoad:
        return answer(loaded(read_all<EngineLoad>(from)));
      case EngineRequest::kBegin:
        return answer(begin(read_all<UtteranceBegin>(from)));
      case EngineRequest::kHear:
      case EngineRequest::kAdvance:
        return answer(hear(read_samples(from), kind == EngineRequest::kAdvance));
      case EngineRequest::kFinish:
        return answer(finish(read_samples(from)));
      case EngineRequest::kPunctuate: {
        const std::string words(from.text());
        if (!from.ended() || !tool().punctuates) misled();
        return answer(tool().punctuates->punctuate(words));
      }
      case EngineRequest::kSpeak: {
        const auto piece = read_all<SpeakPiece>(from);
        if (!tool().speaks) misled();
        return answer(tool().speaks->speak(piece.text, piece.speaker, piece.speed));
      }
    }
    misled();
  }

 private:
  Tool tool() const {
    const std::lock_guard lock(mutex_);
    return tool_;
  }

  Result<EngineTraits> loaded(const EngineLoad& wanted) const {
    auto tool = load(wanted);
    if (!tool) return tool.error();
    const std::lock_guard lock(mutex_);
    tool_ = std::move(*tool);
    return traits_of(tool_);
  }

  Result<bool> begin(const UtteranceBegin& wanted) {
    const auto engine = tool().hears;
    if (!engine) misled();
    auto utterance = engine->utterance(wanted.english, wanted.expected);
    if (!utterance) return utterance.error();
    utterance_ = std::move(*utterance);
    return true;
  }

  Result<UtteranceStep> hear(const std::vector<std::int16_t>& samples, bool advance) const {
    if (!utterance_) misled();
    const auto accepted = utterance_->accept(samples);
    if (!accepted) return accepted.error();
    UtteranceStep step;
    if (!advance) return step;
    const auto more = utterance_->advance();
    if (!more) return more.error();
    step.more = *more;
    step.partial = utterance_->take_partial();
    return step;
  }

  Result<Transcript> finish(const std::vector<std::int16_t>& samples) const {
    if (!utterance_) misled();
    const auto accepted = utterance_->accept(samples);
    if (!accepted) return accepted.error();
    return utterance_->finish();
  }

  std::mutex& mutex_;
  Tool& tool_;
  std::shared_ptr<UtteranceDecoder> utterance_;
};

}  // namespace

void serve_engine_process(int niceness) {
  std::mutex mutex;
  Tool tool;
  inference::serve_engine(niceness, [&](EngineChannel& channel) {
    Line line(mutex, tool);
    for (;;) {
      const auto message = channel.receive(EngineChannel::kForEver);
      if (!message) return;
      const auto sent = channel.send(line.answer_to(*message), EngineChannel::kForEver);
      if (!sent) return;
    }
  });
}

}  // namespace parley::speech
