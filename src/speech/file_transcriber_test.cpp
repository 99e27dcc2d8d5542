// SPDX-License-Identifier: Apache-2.0
#include "speech/file_transcriber.hpp"

#include "audio/wav.hpp"
#include "runtime/io_threads.hpp"
#include "speech/testing/voices.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using namespace testing;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::StreamWriter;
using runtime::Task;

constexpr std::int64_t kPieces = 6;

// Pieces of different loudness, by which the recogniser below tells them apart.
Samples recording() {
  std::vector<Samples> parts;
  for (int i = 0; i < kPieces; ++i) {
    parts.push_back(silence(1.5));
    parts.push_back(voice(1, -36 + 5 * i));
  }
  return joined(parts);
}

// Answers with the loudness of what it heard, the newest of `at_a_time` first.
class BackwardRecognizer final : public Recognizer {
 public:
  explicit BackwardRecognizer(std::size_t at_a_time) : at_a_time_(at_a_time) {}

  EngineInfo info() const override { return {"backward"}; }

  runtime::Stream<Transcript> recognize(const runtime::Context&, runtime::Stream<audio::Pcm> audio,
                                        RecognizeOptions options) override {
    auto [stream, writer] = runtime::make_stream<Transcript>(2);
    EXPECT_FALSE(options.partials);
    EXPECT_TRUE(options.thorough) << "nobody waits for a file";
    const std::lock_guard lock(mutex_);
    if (busy > 0) {
      --busy;
      writer.fail({ErrorCode::kOverloaded, "busy", {}, std::chrono::milliseconds(1)});
      return std::move(stream);
    }
    int loudest = 0;
    for (auto block = audio.poll(); block && *block && **block; block = audio.poll()) {
      for (const int sample : (**block)->samples) loudest = std::max(loudest, std::abs(sample));
    }
    waiting_.emplace_back(loudest, std::move(writer));
    most = std::max(most, waiting_.size());
    if (waiting_.size() == at_a_time_) {
      while (!waiting_.empty()) answer();
    }
    return std::move(stream);
  }

  std::size_t most = 0;
  int busy = 0;
  int fails_at = -1;

 private:
  void answer() {
    auto [loudest, writer] = std::move(waiting_.back());
    waiting_.pop_back();
    if (answered_++ == fails_at) {
      writer.fail({ErrorCode::kAsrFailed, "broken"});
      return;
    }
    Transcript transcript;
    transcript.text = std::to_string(loudest);
    transcript.spoken = transcript.text;
    transcript.words = {{transcript.text, std::chrono::milliseconds(300), std::chrono::milliseconds(900)}};
    transcript.is_final = true;
    EXPECT_TRUE(writer.push(std::move(transcript)));
    writer.finish();
  }

  const std::size_t at_a_time_;
  std::mutex mutex_;
  int answered_ = 0;
  std::vector<std::pair<int, StreamWriter<Transcript>>> waiting_;
};

class FileTranscriberTest : public ::testing::Test {
 protected:
  Result<FileTranscript> transcribe(const std::shared_ptr<Recognizer>& recognizer, std::size_t at_once,
                                    const Samples& samples) {
    auto source = audio::from_memory(*audio::encode_wav({audio::kSpeechFormat, samples}));
    auto opened = audio::open_audio(std::move(source));
    auto reader = audio::SpeechReader::over(std::move(*opened));
    FileTranscriber transcriber({recognizer, pool_, {}, nullptr, at_once});
    Result<FileTranscript> result = FileTranscript{};
    io_.run(
        run(&transcriber, std::make_shared<audio::SpeechReader>(std::move(*reader)), &progress_, &result));
    return result;
  }

  std::vector<double> progress_;

 private:
  static Task<> run(FileTranscriber* transcriber, std::shared_ptr<audio::SpeechReader> reader,
                    std::vector<double>* progress, Result<FileTranscript>* result) {
    FileTranscriber::Progress note = [progress](double done) { progress->push_back(done); };
    const runtime::Context context;
    RecognizeOptions options;
    *result =
        co_await transcriber->transcribe(context, std::move(reader), std::move(options), std::move(note));
  }

  runtime::IoThreads io_{2};
  runtime::ComputePool pool_{{.name = "test", .threads = 1}};
};

TEST_F(FileTranscriberTest, JoinsInOrderWhatIsRecognisedAtTheSameTime) {
  for (const std::size_t at_once : {1, 2, 3, 6}) {
    const auto recognizer = std::make_shared<BackwardRecognizer>(at_once);
    const auto result = transcribe(recognizer, at_once, recording());
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(recognizer->most, at_once);
    const auto& words = result->transcript.words;
    ASSERT_EQ(static_cast<std::int64_t>(words.size()), kPieces);
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
      text += (i > 0 ? " " : "") + words[i].text;
      EXPECT_NEAR(static_cast<double>(words[i].start.count()), 1500.0 + 2500.0 * static_cast<double>(i), 100);
      if (i > 0) {
        EXPECT_GT(std::stoi(words[i].text), std::stoi(words[i - 1].text));
      }
    }
    EXPECT_EQ(result->transcript.text, text);
    EXPECT_EQ(result->readable, words);
    EXPECT_EQ(result->duration.count(), 15'000);
    EXPECT_FALSE(result->truncated);
  }
}

TEST_F(FileTranscriberTest, TellsProgressUpToTheEnd) {
  ASSERT_TRUE(transcribe(std::make_shared<BackwardRecognizer>(2), 2, recording()));
  ASSERT_FALSE(progress_.empty());
  EXPECT_TRUE(std::all_of(progress_.begin(), progress_.end(), [](double p) { return p >= 0 && p <= 1; }));
  EXPECT_DOUBLE_EQ(progress_.back(), 1);
}

TEST_F(FileTranscriberTest, AsksABusyRecogniserAgain) {
  const auto recognizer = std::make_shared<BackwardRecognizer>(2);
  recognizer->busy = 5;
  const auto result = transcribe(recognizer, 2, recording());
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(static_cast<std::int64_t>(result->transcript.words.size()), kPieces);
}

TEST_F(FileTranscriberTest, FailsWithItsRecogniser) {
  const auto recognizer = std::make_shared<BackwardRecognizer>(2);
  recognizer->fails_at = 1;
  const auto result = transcribe(recognizer, 2, recording());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), (Error{ErrorCode::kAsrFailed, "broken"}));
}

TEST_F(FileTranscriberTest, HearsNothingInSilence) {
  const auto result = transcribe(std::make_shared<BackwardRecognizer>(1), 1, silence(3));
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->transcript.text.empty());
  EXPECT_TRUE(result->transcript.is_final);
  EXPECT_EQ(result->duration.count(), 3000);
}

}  // namespace
}  // namespace parley::speech
