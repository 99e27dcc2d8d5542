// SPDX-License-Identifier: Apache-2.0
// Engines that do as told, behind the real ports: for tests of what stands above them.
#pragma once

#include "conversation/testing/scripted_voices.hpp"
#include "knowledge/retriever.hpp"
#include "language/summary.hpp"
#include "runtime/stream.hpp"
#include "runtime/task_group.hpp"
#include "speech/recognizer.hpp"
#include "speech/synthesizer.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace parley::conversation::testing {

// Understands the same words whatever it hears, once the audio ends.
class ScriptedRecognizer final : public speech::Recognizer {
 public:
  explicit ScriptedRecognizer(runtime::Executor executor) : tasks_(std::move(executor)) {}

  std::string words = "when does the shop open";
  std::optional<runtime::Error> failure;
  bool fails_at_once = false;                                // rather than at the end of the audio
  std::vector<std::shared_ptr<speech::VoiceMemory>> voices;  // what utterances came with
  std::vector<bool> remembered;                              // whether each memory asked for may adapt
  // Samples of audio that utterances began with.
  std::shared_ptr<std::vector<std::size_t>> openings = std::make_shared<std::vector<std::size_t>>();
  std::shared_ptr<const speech::VoiceKeeper> voice_keeper;

  std::shared_ptr<speech::VoiceMemory> remember(bool adapt) override {
    remembered.push_back(adapt);
    return std::make_shared<speech::VoiceMemory>();
  }

  std::shared_ptr<const speech::VoiceKeeper> keeper() const override { return voice_keeper; }

  speech::EngineInfo info() const override { return {"scripted recogniser", "local"}; }

  runtime::Stream<speech::Transcript> recognize(const runtime::Context&, runtime::Stream<audio::Pcm> audio,
                                                speech::RecognizeOptions options) override {
    voices.push_back(options.voice);
    auto [stream, writer] = runtime::make_stream<speech::Transcript>(8);
    if (failure && fails_at_once) {
      writer.fail(*failure);
      return std::move(stream);
    }
    tasks_.spawn(listen(std::move(audio), std::move(writer), words, failure, std::move(options.voice),
                        options.said, openings));
    return std::move(stream);
  }

 private:
  static runtime::Task<> listen(runtime::Stream<audio::Pcm> audio,
                                runtime::StreamWriter<speech::Transcript> writer, std::string words,
                                std::optional<runtime::Error> failure,
                                std::shared_ptr<speech::VoiceMemory> voice, std::string said,
                                std::shared_ptr<std::vector<std::size_t>> openings) {
    std::int64_t heard = 0;
    for (;;) {
      const auto block = co_await audio.next();
      if (!block) co_return;
      if (!block->has_value()) break;
      if (heard == 0) openings->push_back((*block)->samples.size());
      heard += static_cast<std::int64_t>((*block)->samples.size());
    }
    if (failure) {
      writer.fail(*failure);
      co_return;
    }
    speech::Transcript transcript;
    transcript.text = words;
    transcript.spoken = words;
    transcript.is_final = true;
    transcript.processed = heard;
    const auto pushed = writer.push(std::move(transcript));
    static_cast<void>(pushed);
    if (auto* learner = dynamic_cast<ScriptedVoice*>(voice.get()))
      learner->learn(said.empty() ? words : said);
  }

  runtime::TaskGroup tasks_;
};

// Says every sentence as one second of a constant, with its words spread over it.
class ScriptedSynthesizer final : public speech::Synthesizer {
 public:
  std::vector<std::int16_t> sound = std::vector<std::int16_t>(16000, 1000);  // of a sentence
  std::optional<runtime::Error> failure;
  std::size_t fails_behind = 0;           // so many sentences
  std::chrono::milliseconds chunk{1000};  // of audio that comes at once
  std::vector<std::string> spoken;

  speech::EngineInfo info() const override { return {"scripted voice", "local"}; }
  std::vector<speech::Voice> voices() const override { return {{"slt", "en-US", "scripted"}}; }

  runtime::Stream<speech::AudioChunk> synthesize(const runtime::Context&, std::string text,
                                                 speech::SynthesizeOptions) override {
    constexpr std::chrono::milliseconds kSentence{1000};
    spoken.push_back(text);
    auto [stream, writer] =
        runtime::make_stream<speech::AudioChunk>(static_cast<std::size_t>(kSentence / chunk));
    if (failure && spoken.size() > fails_behind) {
      writer.fail(*failure);
      return std::move(stream);
    }
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
      const auto space = std::min(text.find(' ', at), text.size());
      words.push_back(text.substr(at, space - at));
      at = space + 1;
    }
    const auto each = kSentence / std::max<std::size_t>(words.size(), 1);
    std::size_t word = 0;
    for (auto end = chunk; end <= kSentence; end += chunk) {
      speech::AudioChunk made;
      const auto from = sound.begin() + (end - chunk).count() * 16;
      made.pcm.samples.assign(from, from + chunk.count() * 16);
      for (; word < words.size() && each * word < end; ++word) {
        made.words.push_back({words[word], each * word, each * (word + 1)});
      }
      const auto pushed = writer.push(std::move(made));
      static_cast<void>(pushed);
    }
    return std::move(stream);
  }
};

class ScriptedRetriever final : public knowledge::Retriever {
 public:
  std::optional<runtime::Error> failure;
  std::mutex mutex;                // sessions search on several threads
  std::vector<std::string> flows;  // for whom

  std::string engine() const override { return "scripted search"; }
  runtime::Task<runtime::Result<knowledge::SearchResult>> search(runtime::Context context,
                                                                 knowledge::Query query) override {
    {
      const std::lock_guard lock(mutex);
      flows.push_back(context.flow);
    }
    if (failure) co_return *failure;
    knowledge::SearchResult result;
    result.hits.push_back(
        {"chunk", "doc", "shop.md", "Shop", "", "The shop opens at ten. " + query.text, 0, 23, 1});
    co_return result;
  }
};

// Answers in the pieces it was given, once with the calls that it was given.
class ScriptedModel final : public language::ChatModel {
 public:
  std::vector<std::string> pieces = {"The shop opens at ten. ", "It closes at six."};
  std::optional<runtime::Error> failure;
  std::vector<language::ToolCallDelta> calls;
  bool left_open = false;                           // what follows the pieces is for a test to write,
  runtime::StreamWriter<language::ChatDelta> rest;  // here
  std::optional<language::Usage> usage;
  std::string where = "local";
  std::vector<language::ChatRequest> requests;
  std::optional<runtime::Error> summary_failure;
  std::vector<language::SummaryRequest> summaries;

  runtime::Task<runtime::Result<std::string>> summarize(runtime::Context,
                                                        language::SummaryRequest request) override {
    summaries.push_back(request);
    if (summary_failure) co_return *summary_failure;
    co_return language::questions_asked(request);
  }

  language::ModelInfo info() const override { return {"scripted model", where}; }
  runtime::Stream<language::ChatDelta> answer(const runtime::Context&,
                                              language::ChatRequest request) override {
    requests.push_back(std::move(request));
    auto [stream, writer] = runtime::make_stream<language::ChatDelta>(64);
    const bool calling = !calls.empty();
    for (const std::string& piece : calling ? std::vector<std::string>() : pieces) {
      const auto pushed = writer.push({piece});
      static_cast<void>(pushed);
    }
    if (left_open) {
      rest = std::move(writer);
      return std::move(stream);
    }
    for (language::ToolCallDelta& call : std::exchange(calls, {})) {
      language::ChatDelta delta;
      delta.calls.push_back(std::move(call));
      const auto pushed = writer.push(std::move(delta));
      static_cast<void>(pushed);
    }
    if (failure) {
      writer.fail(*failure);
      return std::move(stream);
    }
    language::ChatDelta last;
    last.finish = language::FinishReason::kStop;
    last.usage = usage;
    if (!calling) last.citations = {{"doc", "shop.md", "Shop", "", "The shop opens at ten.", 0, 22}};
    const auto pushed = writer.push(std::move(last));
    static_cast<void>(pushed);
    return std::move(stream);
  }
};

}  // namespace parley::conversation::testing
