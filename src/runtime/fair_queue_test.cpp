// SPDX-License-Identifier: Apache-2.0
#include "runtime/fair_queue.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

std::vector<int> take_all(FairQueue<int>& queue) {
  std::vector<int> taken;
  while (!queue.empty()) taken.push_back(queue.pop());
  return taken;
}

std::size_t fill(FairQueue<int>& queue, const std::string& flow) {
  std::size_t held = 0;
  while (queue.push(flow, 0)) ++held;
  return held;
}

TEST(FairQueue, TakesOneOfEachFlowInTurn) {
  FairQueue<int> queue(100);
  for (const int item : {1, 2, 3}) ASSERT_TRUE(queue.push("a", item));
  for (const int item : {10, 20}) ASSERT_TRUE(queue.push("b", item));
  ASSERT_TRUE(queue.push("c", 100));
  EXPECT_EQ(queue.next_flow(), "a");
  EXPECT_EQ(take_all(queue), (std::vector<int>{1, 10, 100, 2, 20, 3}));
}

TEST(FairQueue, GivesWhoComesAgainItsTurnBehindTheOthers) {
  FairQueue<int> queue(100);
  ASSERT_TRUE(queue.push("a", 1));
  ASSERT_TRUE(queue.push("b", 10));
  EXPECT_EQ(queue.pop(), 1);
  ASSERT_TRUE(queue.push("a", 2));
  EXPECT_EQ(take_all(queue), (std::vector<int>{10, 2}));
}

TEST(FairQueue, HasRoomForOthersWhenOneFlowHasFilledItsShare) {
  FairQueue<int> queue(330);
  EXPECT_EQ(fill(queue, "a"), 10U);
  EXPECT_TRUE(queue.push("b", 0));
  queue.pop();
  queue.pop();
  EXPECT_TRUE(queue.push("a", 0));
}

TEST(FairQueue, HasRoomForWhoHasNothingWhenManyFillIt) {
  FairQueue<int> queue(256);
  for (int flow = 0; flow < 50; ++flow) fill(queue, "flood " + std::to_string(flow));
  EXPECT_TRUE(queue.push("another", 0));
}

TEST(FairQueue, HoldsNoMoreThanItsCapacityOfAllTogether) {
  FairQueue<int> queue(20);
  for (int flow = 0; flow < 20; ++flow) EXPECT_TRUE(queue.push(std::to_string(flow), 0));
  EXPECT_FALSE(queue.push("another", 0));
  EXPECT_FALSE(queue.push("", 0));
  EXPECT_EQ(queue.size(), 20U);
}

TEST(FairQueue, LetsTheProgramItselfFillIt) {
  FairQueue<int> queue(20);
  EXPECT_EQ(fill(queue, ""), 20U);
}

TEST(FairQueue, TakesWhatHadAPlaceAlsoWhenFull) {
  FairQueue<int> queue(1);
  ASSERT_TRUE(queue.push("a", 1));
  queue.put("b", 2);
  EXPECT_FALSE(queue.push("c", 3));
  EXPECT_EQ(take_all(queue), (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace parley::runtime
