// SPDX-License-Identifier: Apache-2.0
// Engines in processes of their own, with a library that ends its process when it is told to.
#include "inference/engine_host.hpp"
#include "inference/testing/models.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/task_group.hpp"
#include "runtime/testing/fake_clock.hpp"
#include "speech/asr/models/neural_recognizer.hpp"
#include "speech/module.hpp"
#include "speech/testing/digits.hpp"
#include "speech/testing/punctuation.hpp"
#include "speech/testing/voices.hpp"

#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

namespace fs = std::filesystem;
using inference::testing::Folder;
using runtime::ErrorCode;
using runtime::Stream;
using runtime::StreamWriter;
using runtime::Task;
using testing::Samples;

Task<> count(Stream<audio::Pcm> audio, StreamWriter<Transcript> out) {
  std::size_t samples = 0;
  for (;;) {
    auto block = co_await audio.next();
    if (!block) {
      out.fail(block.error());
      co_return;
    }
    if (!block->has_value()) break;
    samples += (*block)->samples.size();
  }
  Transcript final;
  final.spoken = "embedded heard " + std::to_string(samples);
  final.is_final = true;
  static_cast<void>(out.push(std::move(final)));
  out.finish();
}

// Says how much it was given to hear.
class Counting final : public Recognizer {
 public:
  explicit Counting(runtime::Executor executor) : tasks_(std::move(executor)) {}
  EngineInfo info() const override { return {"embedded", "local"}; }
  Stream<Transcript> recognize(const runtime::Context& /*context*/, Stream<audio::Pcm> audio,
                               RecognizeOptions /*options*/) override {
    auto [stream, writer] = runtime::make_stream<Transcript>(1);
    tasks_.spawn(count(std::move(audio), std::move(writer)));
    return std::move(stream);
  }

 private:
  runtime::TaskGroup tasks_;
};

Task<> hear(Recognizer* recognizer, std::size_t samples, runtime::Result<Transcript>* heard) {
  constexpr std::size_t kBlock = 1600;
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(4);
  auto transcripts = recognizer->recognize({}, std::move(audio), {});
  for (std::size_t at = 0; at < samples; at += kBlock) {
    audio::Pcm block{audio::kSpeechFormat, Samples(kBlock)};
    const auto sent = co_await writer.send(std::move(block));
    if (!sent) break;
  }
  writer.finish();
  for (;;) {
    auto next = co_await transcripts.next();
    if (!next) *heard = next.error();
    if (!next || !next->has_value()) co_return;
    *heard = std::move(**next);
  }
}

class IsolatedEnginesTest : public ::testing::Test {
 protected:
  void TearDown() override {
    // Ends the work that still runs before what it touches goes.
    recognizer_.reset();
    voices_.reset();
    compute_.reset();
    background_.reset();
  }

  void put(const std::string& name, const fs::path& from, const std::string& behaviour = {}) {
    fs::remove_all(store_.path() / name);
    fs::copy(from, store_.path() / name);
    behave(name, behaviour);
  }

  void behave(const std::string& name, const std::string& behaviour) {
    std::ofstream(store_.path() / name / "behaviour") << behaviour;
  }

  NeuralModel model(const std::string& name) const { return {name, store_.path() / name, {"en"}}; }

  NeuralModels models() const {
    NeuralModels models;
    models.library = PARLEY_FAKE_SHERPA_ONNX;
    models.host = host_;
    models.present = [this] {
      std::vector<NeuralModel> found;
      for (const auto& entry : fs::directory_iterator(store_.path())) {
        found.push_back(model(entry.path().filename().string()));
      }
      return found;
    };
    return models;
  }

  void open() {
    auto opened =
        NeuralRecognizer::open({}, NeuralParts{models(), *background_, runtime::Log::none()},
                               std::make_shared<Counting>(io_.executor()), *compute_, io_.executor());
    ASSERT_TRUE(opened) << to_string(opened.error());
    recognizer_ = std::move(*opened);
  }

  // A process that has ended is taken note of a moment later.
  void until_deaths(int count) const {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < give_up) {
      const auto troubles = host_->troubles();
      if (!troubles.empty() && troubles.front().deaths == count) return;
      std::this_thread::yield();
    }
    FAIL() << "there are not " << count;
  }

  std::string hears(double seconds = 1) {
    runtime::Result<Transcript> heard = Transcript{};
    io_.run(hear(recognizer_.get(), static_cast<std::size_t>(16000 * seconds), &heard));
    return heard ? heard->spoken : to_string(heard.error());
  }

  runtime::IoThreads io_{2};
  std::unique_ptr<runtime::ComputePool> compute_ =
      std::make_unique<runtime::ComputePool>(runtime::ComputePool::Options{});
  std::unique_ptr<runtime::ComputePool> background_ =
      std::make_unique<runtime::ComputePool>(runtime::ComputePool::Options{});
  Folder store_;
  runtime::Metrics metrics_;
  std::shared_ptr<runtime::testing::FakeClock> clock_ = std::make_shared<runtime::testing::FakeClock>();
  std::shared_ptr<inference::EngineHost> host_ = std::make_shared<inference::EngineHost>(
      inference::EngineHostOptions{PARLEY_ENGINE_CHILD, {}}, clock_, runtime::Log::none(), &metrics_);
  std::unique_ptr<NeuralRecognizer> recognizer_;
  std::shared_ptr<Synthesizer> voices_;
};

const fs::path kStreaming = testing::digits_folder() / "streaming";
const fs::path kOffline = testing::digits_folder() / "offline";

TEST_F(IsolatedEnginesTest, HearInTheirOwnProcess) {
  for (const auto& from : {kStreaming, kOffline}) {
    put("one", from);
    open();
    EXPECT_EQ(recognizer_->info().name, "sherpa-onnx one");
    EXPECT_EQ(hears(), "fake words");
    EXPECT_EQ(hears(40), "fake words" + std::string(from == kOffline ? " fake words" : ""));
  }
  EXPECT_TRUE(host_->troubles().empty());
}

TEST_F(IsolatedEnginesTest, AnUtteranceInWhichTheEngineEndsIsHeardWhollyByTheEmbeddedOne) {
  for (const char* how : {"abort", "exit", "fault", "memory"}) {
    put(how, kStreaming, std::string("hear ") + how);
    open();
    EXPECT_EQ(hears(3), "embedded heard 48000") << how;
    EXPECT_EQ(recognizer_->info().name, "embedded") << how;
    EXPECT_EQ(hears(1), "embedded heard 16000") << "at once, without waiting for a restart";
    fs::remove_all(store_.path() / how);
  }
}

TEST_F(IsolatedEnginesTest, AnEngineThatEndsWithTheLastWordLosesNothing) {
  put("one", kStreaming, "finish fault");
  open();
  EXPECT_EQ(hears(2), "embedded heard 32000");
}

TEST_F(IsolatedEnginesTest, AnEngineThatEndedComesBackAndAModelThatKeepsEndingItDoesNot) {
  put("one", kStreaming, "hear abort");
  open();
  hears();
  until_deaths(1);
  recognizer_->look();
  EXPECT_EQ(recognizer_->info().name, "sherpa-onnx one") << "at once";
  hears();
  until_deaths(2);
  recognizer_->look();
  EXPECT_EQ(recognizer_->info().name, "embedded") << "after a pause";
  clock_->advance(inference::EngineStanding::kPause);
  recognizer_->look();
  EXPECT_EQ(recognizer_->info().name, "sherpa-onnx one");
  EXPECT_EQ(hears(), "embedded heard 16000");
  until_deaths(3);
  clock_->advance(std::chrono::hours(24));
  recognizer_->look();
  EXPECT_EQ(recognizer_->info().name, "embedded") << "set aside";
  // Until its files change.
  behave("one", "");
  fs::last_write_time(store_.path() / "one/behaviour",
                      fs::file_time_type::clock::now() + std::chrono::hours(1));
  recognizer_->look();
  EXPECT_EQ(hears(), "fake words");
}

TEST_F(IsolatedEnginesTest, AModelThatCannotBeLoadedAliveIsAnErrorThatSaysHow) {
  put("deadly", kStreaming, "load fault");
  const auto tried = try_recognition_model(models(), model("deadly"), Samples(16000));
  ASSERT_FALSE(tried);
  EXPECT_EQ(tried.error().code, ErrorCode::kServiceUnavailable);
  EXPECT_EQ(tried.error().message, "the model ended its engine while it was loaded: signal SIGSEGV");
  open();
  EXPECT_EQ(recognizer_->info().name, "embedded");
  clock_->advance(inference::EngineStanding::kPause);
  recognizer_->look();
  ASSERT_EQ(host_->troubles().size(), 1U);
  EXPECT_TRUE(host_->troubles().front().set_aside);
  EXPECT_EQ(hears(), "embedded heard 16000");
}

TEST_F(IsolatedEnginesTest, AMissingLibraryIsAnErrorOfTheEngineAndEndsNothing) {
  put("one", kStreaming);
  auto without = models();
  without.library = "/nowhere.so";
  const auto tried = try_recognition_model(without, model("one"), Samples(16000));
  ASSERT_FALSE(tried);
  EXPECT_EQ(tried.error().code, ErrorCode::kModelRequired);
  EXPECT_EQ(tried.error().param, "models.sherpa_onnx");
  EXPECT_TRUE(host_->troubles().empty());
}

TEST_F(IsolatedEnginesTest, AVoiceThatEndsIsAskedOnceMoreAndThenAnError) {
  put("amy", testing::digits_folder() / "voice");
  EXPECT_TRUE(try_voice_model(models(), model("amy"), "one two"));
  put("amy", testing::digits_folder() / "voice", "speak abort");
  TtsConfig config;
  config.voice = "neural:amy";
  auto made = make_synthesizer(config, *background_, runtime::Log::none(), std::nullopt, models());
  ASSERT_TRUE(made) << to_string(made.error());
  voices_ = std::move(*made);
  runtime::Result<> spoken;
  const auto speak = [](Synthesizer* voices, runtime::Result<>* out) -> Task<> {
    auto chunks = voices->synthesize({}, "one two", {});
    for (;;) {
      const auto next = co_await chunks.next();
      if (!next) *out = next.error();
      if (!next || !next->has_value()) co_return;
    }
  };
  io_.run(speak(voices_.get(), &spoken));
  ASSERT_FALSE(spoken);
  EXPECT_EQ(spoken.error().code, ErrorCode::kTtsFailed);
  until_deaths(2);
}

TEST_F(IsolatedEnginesTest, APunctuatorThatEndsLeavesTheTextToTheRules) {
  put("marks", testing::punctuation_folder() / "offline");
  EXPECT_TRUE(try_punctuation_model(models(), model("marks"), "Yes."));
  put("marks", testing::punctuation_folder() / "offline", "punctuate exit");
  put("one", kStreaming);
  open();
  EXPECT_EQ(recognizer_->info().name, "sherpa-onnx one, punctuation by marks");
  EXPECT_EQ(hears(), "fake words");
  EXPECT_EQ(recognizer_->info().name, "sherpa-onnx one") << "and nobody waits for it again";
}

}  // namespace
}  // namespace parley::speech
