// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/utterance_stream.hpp"

#include "runtime/io_threads.hpp"
#include "runtime/task_group.hpp"

#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/this_coro.hpp>
#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using runtime::Result;
using runtime::Task;

constexpr std::size_t kBlock = 1600;

// Hears two words in the first block, and nothing else.
class Laconic final : public UtteranceDecoder {
 public:
  Result<> accept(std::span<const std::int16_t> samples) override {
    heard_ += static_cast<std::int64_t>(samples.size());
    return {};
  }
  Result<bool> advance() override { return false; }
  std::optional<Transcript> take_partial() override {
    if (told_ || heard_ == 0) return std::nullopt;
    told_ = true;
    return transcript();
  }
  Result<Transcript> finish() override {
    auto final = transcript();
    final.is_final = true;
    return final;
  }

 private:
  Transcript transcript() const {
    Transcript transcript;
    transcript.spoken = "two words";
    transcript.processed = heard_;
    return transcript;
  }

  std::int64_t heard_ = 0;
  bool told_ = false;
};

// One block after the other, each when the one before has been heard.
Task<> listen(runtime::ComputePool& pool, std::size_t blocks, std::vector<Transcript>* out) {
  auto [audio, samples] = runtime::make_stream<audio::Pcm>(4);
  auto [transcripts, writer] = runtime::make_stream<Transcript>(kUnreadTranscripts);
  const runtime::Executor here = co_await boost::asio::this_coro::executor;
  runtime::TaskGroup group(here);
  group.spawn(
      stream_utterance({}, pool, std::make_shared<Laconic>(), std::move(audio), std::move(writer), {}));
  for (std::size_t i = 0; i < blocks; ++i) {
    audio::Pcm block{audio::kSpeechFormat, std::vector<std::int16_t>(kBlock)};
    const auto sent = co_await samples.send(std::move(block));
    EXPECT_TRUE(sent);
    const auto next = co_await transcripts.next();
    if (next && *next) out->push_back(**next);
  }
  samples.finish();
  const auto last = co_await transcripts.next();
  if (last && *last) out->push_back(**last);
  co_await group.stop();
}

TEST(UtteranceStream, SaysHowFarItHasHeardWhenTheWordsStay) {
  runtime::IoThreads io(1);
  runtime::ComputePool pool({});
  std::vector<Transcript> transcripts;
  io.run(listen(pool, 3, &transcripts));
  ASSERT_EQ(transcripts.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_FALSE(transcripts[i].is_final);
    EXPECT_EQ(transcripts[i].spoken, "two words");
    EXPECT_EQ(transcripts[i].processed, static_cast<std::int64_t>((i + 1) * kBlock));
  }
  EXPECT_TRUE(transcripts[3].is_final);
}

}  // namespace
}  // namespace parley::speech
