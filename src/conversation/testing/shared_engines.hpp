// SPDX-License-Identifier: Apache-2.0
// Engines that take no time and keep nothing: any number of sessions on any threads may share them.
#pragma once

#include "language/chat_model.hpp"
#include "runtime/stream.hpp"
#include "runtime/task_group.hpp"
#include "speech/recognizer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace parley::conversation::testing {

// Hears one word more every 400 ms, whatever is said.
class WordwiseRecognizer final : public speech::Recognizer {
 public:
  explicit WordwiseRecognizer(runtime::Executor executor) : tasks_(std::move(executor)) {}
  speech::EngineInfo info() const override { return {"word by word", "local"}; }
  runtime::Stream<speech::Transcript> recognize(const runtime::Context&, runtime::Stream<audio::Pcm> audio,
                                                speech::RecognizeOptions) override {
    auto [stream, writer] = runtime::make_stream<speech::Transcript>(16);
    tasks_.spawn(listen(std::move(audio), std::move(writer)));
    return std::move(stream);
  }

 private:
  static constexpr std::int64_t kWordSamples = 6400;

  static runtime::Task<> listen(runtime::Stream<audio::Pcm> audio,
                                runtime::StreamWriter<speech::Transcript> writer) {
    constexpr std::array kWords{"when", " does", " the", " shop", " open", " on", " sundays"};
    speech::Transcript transcript;
    std::size_t told = 0;
    for (;;) {
      const auto block = co_await audio.next();
      if (!block) co_return;
      if (!block->has_value()) break;
      transcript.processed += static_cast<std::int64_t>((*block)->samples.size());
      if (told == kWords.size() || transcript.processed / kWordSamples <= static_cast<std::int64_t>(told)) {
        continue;
      }
      transcript.spoken += kWords[told++];
      transcript.text = transcript.spoken;
      if (!writer.push(transcript)) co_return;
    }
    transcript.is_final = true;
    const auto pushed = writer.push(std::move(transcript));
    static_cast<void>(pushed);
  }

  runtime::TaskGroup tasks_;
};

// Answers everything with the same sentences.
class ConstantModel final : public language::ChatModel {
 public:
  explicit ConstantModel(std::vector<std::string> sentences) : sentences_(std::move(sentences)) {}
  language::ModelInfo info() const override { return {"constant model", "local"}; }
  runtime::Stream<language::ChatDelta> answer(const runtime::Context&, language::ChatRequest) override {
    auto [stream, writer] = runtime::make_stream<language::ChatDelta>(sentences_.size() + 1);
    for (const std::string& sentence : sentences_) {
      const auto pushed = writer.push({sentence});
      static_cast<void>(pushed);
    }
    language::ChatDelta last;
    last.finish = language::FinishReason::kStop;
    const auto pushed = writer.push(std::move(last));
    static_cast<void>(pushed);
    return std::move(stream);
  }

 private:
  const std::vector<std::string> sentences_;
};

}  // namespace parley::conversation::testing
