// SPDX-License-Identifier: Apache-2.0
#include "realtime/replay_buffer.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using namespace std::chrono_literals;

using Buffer = ReplayBuffer<std::string>;

std::vector<std::string> after(const Buffer& buffer, std::uint64_t seen) {
  std::vector<std::string> found;
  buffer.each_after(seen, [&](const std::string& message) { found.push_back(message); });
  return found;
}

TEST(ReplayBuffer, KnowsWhatFollowedAMessage) {
  Buffer buffer(1 << 20, std::make_shared<ReplayBudget>(1 << 20));
  EXPECT_TRUE(buffer.has_all_after(0));
  for (const char* message : {"one", "two", "three"}) buffer.keep(message);
  EXPECT_EQ(buffer.last(), 3U);
  EXPECT_EQ(after(buffer, 0), (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(after(buffer, 2), (std::vector<std::string>{"three"}));
  EXPECT_EQ(after(buffer, 3), std::vector<std::string>());
  EXPECT_TRUE(buffer.has_all_after(3));
  EXPECT_FALSE(buffer.has_all_after(4)) << "nobody has seen what was not sent";
}

TEST(ReplayBuffer, CountsWhatIsNotKept) {
  Buffer buffer(1 << 20, std::make_shared<ReplayBudget>(1 << 20));
  buffer.keep("one");
  buffer.skip();
  buffer.keep("three");
  EXPECT_EQ(buffer.last(), 3U);
  EXPECT_FALSE(buffer.has_all_after(1));
  EXPECT_TRUE(buffer.has_all_after(2));
  EXPECT_EQ(after(buffer, 2), (std::vector<std::string>{"three"}));
}

TEST(ReplayBuffer, ForgetsTheOldestWhenItIsFull) {
  Buffer buffer(4000, std::make_shared<ReplayBudget>(1 << 20));
  for (int i = 0; i < 10; ++i) buffer.keep(std::string(1000, static_cast<char>('0' + i)));
  EXPECT_EQ(buffer.last(), 10U);
  EXPECT_FALSE(buffer.has_all_after(5));
  EXPECT_TRUE(buffer.has_all_after(8));
  EXPECT_EQ(after(buffer, 9), (std::vector<std::string>{std::string(1000, '9')}));
}

TEST(ReplayBuffer, GivesWayToOthersWhenAllTogetherKeepTooMuch) {
  const auto budget = std::make_shared<ReplayBudget>(4000);
  Buffer second(1 << 20, budget);
  {
    Buffer first(1 << 20, budget);
    for (int i = 0; i < 3; ++i) first.keep(std::string(1000, 'a'));
    second.keep(std::string(1000, 'b'));
    EXPECT_FALSE(second.has_all_after(0)) << "there was no room";
    EXPECT_TRUE(second.has_all_after(1));
    first.keep(std::string(1000, 'c'));
    EXPECT_TRUE(first.has_all_after(3)) << "at the cost of its own oldest";
    EXPECT_FALSE(first.has_all_after(0));
  }
  for (int i = 0; i < 3; ++i) second.keep(std::string(1000, 'b'));
  EXPECT_TRUE(second.has_all_after(1)) << "the first has given its room back";
}

TEST(ReplayBuffer, TellsHowMuchSoundFollowedAMessage) {
  Buffer buffer(1 << 20, std::make_shared<ReplayBudget>(1 << 20));
  buffer.sounded(1s);
  buffer.keep("words");
  buffer.keep("sound");
  buffer.sounded(300ms);
  buffer.keep("more sound");
  buffer.sounded(200ms);
  EXPECT_EQ(buffer.sound_after(0), 500ms);
  EXPECT_EQ(buffer.sound_after(2), 200ms);
  EXPECT_EQ(buffer.sound_after(3), 0ms);
}

}  // namespace
}  // namespace parley::realtime
