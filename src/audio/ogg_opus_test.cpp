// SPDX-License-Identifier: Apache-2.0
#include "audio/ogg_opus.hpp"

#include "audio/level.hpp"
#include "audio/reader.hpp"
#include "audio/testing/signals.hpp"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

using Samples = std::vector<std::int16_t>;

std::string written(const OggOpusSettings& settings, const Samples& samples, std::size_t block,
                    bool finished = true) {
  auto writer = OggOpusWriter::create(settings);
  EXPECT_TRUE(writer);
  std::string file;
  for (std::size_t i = 0; i < samples.size(); i += block) {
    const auto bytes = writer->write(std::span(samples).subspan(i, std::min(block, samples.size() - i)));
    EXPECT_TRUE(bytes);
    file += *bytes;
  }
  if (!finished) return file;
  const auto end = writer->finish();
  EXPECT_TRUE(end);
  return file + *end;
}

// By FFmpeg, which did not write it.
Pcm played(const std::string& file) {
  auto reader = open_audio(from_memory(file));
  EXPECT_TRUE(reader);
  if (!reader) return {};
  Pcm all{(*reader)->format(), {}};
  for (;;) {
    const auto block = (*reader)->read();
    EXPECT_TRUE(block);
    if (!block || !*block) return all;
    all.samples.insert(all.samples.end(), (*block)->samples.begin(), (*block)->samples.end());
  }
}

Samples channel(const Pcm& pcm, std::size_t index) {
  Samples one;
  for (std::size_t i = index; i < pcm.samples.size(); i += static_cast<std::size_t>(pcm.format.channels))
    one.push_back(pcm.samples[i]);
  return one;
}

// A click of a millisecond at each of these frames of one channel, and something else in the other.
Samples clicks(std::size_t frames, const std::vector<std::size_t>& at) {
  Samples samples(2 * frames);
  for (const std::size_t frame : at) {
    for (std::size_t i = 0; i < 48; ++i) samples[2 * (frame + i)] = 20'000;
  }
  return samples;
}

TEST(OggOpus, GivesBackExactlyAsManySamplesAsWereWritten) {
  for (const std::size_t frames : {1U, 959U, 960U, 961U, 48'000U, 123'456U}) {
    const auto pcm = played(written({.serial = 7}, Samples(2 * frames), 2 * 777));
    EXPECT_EQ(pcm.format, (PcmFormat{48'000, 2}));
    EXPECT_EQ(pcm.frames(), frames);
  }
}

TEST(OggOpus, KeepsEverySampleInItsPlace) {
  const std::vector<std::size_t> at = {4'321, 50'000, 96'123, 140'001};
  const auto left = channel(played(written({}, clicks(144'000, at), 1920)), 0);
  for (const std::size_t frame : at) {
    const auto first = std::find_if(left.begin() + static_cast<std::ptrdiff_t>(frame) - 2000, left.end(),
                                    [](std::int16_t sample) { return sample > 10'000; });
    EXPECT_NEAR(static_cast<double>(first - left.begin()), static_cast<double>(frame), 6);
  }
}

TEST(OggOpus, KeepsTwoVoicesApart) {
  const Pcm left = testing::sine({48'000, 1}, 220, 2.0, 0.4);
  const Pcm right = testing::sine({48'000, 1}, 1370, 2.0, 0.4);
  Samples both;
  for (std::size_t i = 0; i < left.frames(); ++i) {
    both.push_back(left.samples[i]);
    both.push_back(i < 48'000 ? right.samples[i] : std::int16_t{0});
  }
  const auto pcm = played(written({}, both, 960));
  const Samples silent = channel(pcm, 1);
  EXPECT_NEAR(rms_dbfs(std::span(silent).subspan(4800, 38'400)), rms_dbfs(right.samples), 0.5);
  EXPECT_LT(rms_dbfs(std::span(silent).subspan(52'800, 38'400)), rms_dbfs(left.samples) - 40);
}

TEST(OggOpus, AFileWithoutItsEndIsReadableToItsLastPage) {
  std::string file = written({}, testing::sine({48'000, 2}, 440, 10.0).samples, 1920, false);
  EXPECT_GE(played(file).frames(), 9U * 48'000);
  file.resize(file.size() / 2);
  EXPECT_GE(played(file).frames(), 4U * 48'000);
}

TEST(OggOpus, FilesBehindEachOtherAreOne) {
  const Samples second(2 * 48'000);
  const auto file = written({.serial = 1}, second, 960) + written({.serial = 2}, second, 960);
  EXPECT_NEAR(static_cast<double>(played(file).frames()), 2 * 48'000, 700);
}

TEST(OggOpus, RefusesWhatMakesNoFrames) {
  auto writer = OggOpusWriter::create({});
  ASSERT_TRUE(writer);
  EXPECT_FALSE(writer->write(Samples(3)));
  EXPECT_FALSE(OggOpusWriter::create({.channels = 3}));
}

}  // namespace
}  // namespace parley::audio
