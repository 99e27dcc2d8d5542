// SPDX-License-Identifier: Apache-2.0
#include "audio/ring.hpp"

#include <deque>
#include <numeric>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

std::vector<std::int16_t> counting(int from, int count) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(count));
  std::iota(samples.begin(), samples.end(), static_cast<std::int16_t>(from));
  return samples;
}

TEST(SampleRing, GivesBackInOrder) {
  SampleRing ring(8);
  ring.push(counting(0, 5));
  std::vector<std::int16_t> out(3);
  EXPECT_EQ(ring.pop(out), 3u);
  EXPECT_EQ(out, counting(0, 3));
  ring.push(counting(5, 5));
  out.resize(20);
  EXPECT_EQ(ring.pop(out), 7u);
  EXPECT_EQ(std::vector(out.begin(), out.begin() + 7), counting(3, 7));
  EXPECT_EQ(ring.dropped(), 0u);
}

TEST(SampleRing, DropsTheOldestAndCountsThem) {
  SampleRing ring(4);
  ring.push(counting(0, 3));
  ring.push(counting(3, 3));
  EXPECT_EQ(ring.dropped(), 2u);
  EXPECT_EQ(ring.begin(), 2);
  EXPECT_EQ(ring.end(), 6);
  ring.push(counting(6, 100));
  EXPECT_EQ(ring.size(), 4u);
  EXPECT_EQ(ring.dropped(), 102u);
  std::vector<std::int16_t> out(4);
  EXPECT_EQ(ring.pop(out), 4u);
  EXPECT_EQ(out, counting(102, 4));
}

TEST(SampleRing, CopiesFromAnIndexItStillHolds) {
  SampleRing ring(4);
  ring.push(counting(0, 6));
  std::vector<std::int16_t> out(2);
  EXPECT_EQ(ring.copy(1, out), 0u);
  EXPECT_EQ(ring.copy(6, out), 0u);
  EXPECT_EQ(ring.copy(3, out), 2u);
  EXPECT_EQ(out, counting(3, 2));
  EXPECT_EQ(ring.size(), 4u);
}

TEST(SampleRing, KeepsTheNewestWhenItIsResized) {
  SampleRing ring(6);
  ring.push(counting(0, 8));
  ring.resize(4);
  EXPECT_EQ(ring.begin(), 4);
  EXPECT_EQ(ring.end(), 8);
  EXPECT_EQ(ring.dropped(), 4u);
  ring.resize(10);
  ring.push(counting(8, 3));
  std::vector<std::int16_t> out(10);
  EXPECT_EQ(ring.copy(4, out), 7u);
  EXPECT_EQ(std::vector(out.begin(), out.begin() + 7), counting(4, 7));
}

TEST(SampleRing, AgreesWithAQueueWhateverTheSizes) {
  SampleRing ring(37);
  std::deque<std::int16_t> model;
  std::uint32_t state = 7;
  int next = 0;
  for (int step = 0; step < 5000; ++step) {
    state = state * 1664525 + 1013904223;
    const int count = static_cast<int>(state >> 24) % 60;
    if ((state & 0x10000) != 0) {
      const auto block = counting(next % 20'000, count);
      next += count;
      ring.push(block);
      model.insert(model.end(), block.begin(), block.end());
      while (model.size() > 37) model.pop_front();
    } else {
      std::vector<std::int16_t> out(static_cast<std::size_t>(count));
      out.resize(ring.pop(out));
      ASSERT_EQ(out.size(), std::min(model.size(), static_cast<std::size_t>(count)));
      ASSERT_TRUE(std::equal(out.begin(), out.end(), model.begin()));
      model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(out.size()));
    }
    ASSERT_EQ(ring.size(), model.size());
  }
}

}  // namespace
}  // namespace parley::audio
