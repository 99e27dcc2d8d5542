// SPDX-License-Identifier: Apache-2.0
#include "runtime/wall_time.hpp"

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

using std::chrono::milliseconds;

TEST(WallTime, IsWrittenInUtcWithMilliseconds) {
  EXPECT_EQ(iso_time(WallTime(milliseconds(1'740'832'245'007))), "2025-03-01T12:30:45.007Z");
  EXPECT_EQ(iso_time(WallTime(milliseconds(0))), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_time(WallTime(milliseconds(-1))), "1969-12-31T23:59:59.999Z");
}

TEST(WallTime, IsCountedInMillisecondsSince1970) {
  EXPECT_EQ(unix_milliseconds(WallTime(milliseconds(1'740'832'245'007))), 1'740'832'245'007);
  EXPECT_EQ(unix_milliseconds(WallTime(std::chrono::microseconds(1'999))), 1);
}

}  // namespace
}  // namespace parley::runtime
