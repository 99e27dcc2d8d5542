// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/speech_writer.hpp"

#include "audio/level.hpp"
#include "speech/testing/spoken.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using runtime::ErrorCode;
using std::chrono::milliseconds;
using testing::Spoken;

constexpr int kRate = 16000;

std::vector<std::int16_t> tone(std::size_t count) {
  std::vector<std::int16_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<std::int16_t>(3000 * std::sin(0.2 * static_cast<double>(i)));
  }
  return samples;
}

class SpeechWriterTest : public ::testing::Test {
 protected:
  void open(SpeechWriter::Options options = {}, runtime::Context context = {},
            std::size_t capacity = kSpeechStreamChunks) {
    auto [stream, sink] = runtime::make_stream<AudioChunk>(capacity);
    stream_ = std::move(stream);
    writer_.emplace(std::move(context), std::move(sink), std::move(options));
    writer_->begin({kRate, -16});
  }
  Spoken heard() { return testing::finish(io_, std::move(stream_)); }

  runtime::IoThreads io_{1};
  runtime::Stream<AudioChunk> stream_;
  std::optional<SpeechWriter> writer_;
};

TEST_F(SpeechWriterTest, SendsTheFirstSoundAtOnceAndThenWholeChunks) {
  open();
  EXPECT_TRUE(writer_->write(tone(160 + 80)));  // 10 ms, and what the leveler holds back
  const auto first = stream_.poll();
  ASSERT_TRUE(first && *first && **first);
  EXPECT_GE((**first)->pcm.samples.size(), 160u);
  EXPECT_TRUE(writer_->write(tone(800)));
  EXPECT_FALSE(stream_.poll());
  EXPECT_TRUE(writer_->write(tone(800)));
  const auto second = stream_.poll();
  ASSERT_TRUE(second && *second && **second);
  EXPECT_EQ((**second)->pcm.samples.size(), 1600u);
}

TEST_F(SpeechWriterTest, LosesNoSampleAndSendsWordsWithTheChunkTheyStartIn) {
  open();
  writer_->add(Word{"one", milliseconds(0), milliseconds(90)});
  writer_->add(Word{"two", milliseconds(250), milliseconds(400)});
  writer_->add(Phoneme{"u", milliseconds(300), milliseconds(400)});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(writer_->write(tone(777)));
  writer_->finish();
  const Spoken spoken = heard();
  EXPECT_FALSE(spoken.error);
  EXPECT_EQ(spoken.samples.size(), 7770u);
  EXPECT_EQ(testing::texts(spoken.words), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(spoken.phonemes.size(), 1u);
}

TEST_F(SpeechWriterTest, BringsAVoiceToTheLoudnessAskedFor) {
  open({.target_lufs = -22, .volume = 0.5});
  writer_->write(tone(16000));
  writer_->finish();
  EXPECT_NEAR(audio::rms_dbfs(heard().samples) - audio::rms_dbfs(tone(16000)), -12, 0.1);
}

TEST_F(SpeechWriterTest, HandsOverTheWholeOnceItWasSent) {
  std::vector<SpokenAudio> kept;
  open({.on_complete = [&](const SpokenAudio& whole) { kept.push_back(whole); }});
  writer_->add(Word{"one", milliseconds(0), milliseconds(90)});
  writer_->write(tone(5000));
  EXPECT_TRUE(kept.empty());
  writer_->finish();
  ASSERT_EQ(kept.size(), 1u);
  const Spoken spoken = heard();
  EXPECT_EQ(kept[0].pcm.samples, spoken.samples);
  EXPECT_EQ(kept[0].words, spoken.words);
}

TEST_F(SpeechWriterTest, HandsOverNothingThatIsNotWhole) {
  int kept = 0;
  const SpeechWriter::Options options{.on_complete = [&](const SpokenAudio&) { ++kept; }};
  open(options);
  writer_->write(tone(5000));
  stream_.cancel();
  EXPECT_FALSE(writer_->write(tone(5000)));
  writer_->finish();

  open(options);
  for (int i = 0; i < 61; ++i) writer_->write(tone(kRate));
  writer_->finish();
  EXPECT_EQ(heard().samples.size(), 61u * kRate);
  EXPECT_EQ(kept, 0);
}

TEST_F(SpeechWriterTest, EndsWhenTheReaderIsTooSlow) {
  open({}, {}, 2);
  EXPECT_FALSE(writer_->write(tone(kRate)));
  const Spoken spoken = heard();
  ASSERT_TRUE(spoken.error);
  EXPECT_EQ(spoken.error->code, ErrorCode::kOverloaded);
}

TEST_F(SpeechWriterTest, EndsWithTheContext) {
  std::stop_source stop;
  open({}, runtime::Context().stopped_by(stop.get_token()));
  EXPECT_TRUE(writer_->write(tone(800)));
  stop.request_stop();
  EXPECT_FALSE(writer_->write(tone(800)));
  const Spoken spoken = heard();
  ASSERT_TRUE(spoken.error);
  EXPECT_EQ(spoken.error->code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace parley::speech
