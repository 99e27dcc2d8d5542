// SPDX-License-Identifier: Apache-2.0
#include "net/byte_range.hpp"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

std::optional<ByteRange> asked(std::string field, std::uint64_t size) {
  Request request;
  request.headers.add("Range", std::move(field));
  return range_of(request, size);
}

TEST(ByteRange, IsWhatAClientAsksFor) {
  struct Case {
    const char* field;
    ByteRange range;
  };
  const Case cases[] = {
      {"bytes=0-", {0, 1000}},
      {"bytes=0-0", {0, 1}},
      {"bytes=999-999", {999, 1}},
      {"bytes=500-599", {500, 100}},
      {"bytes=500-99999", {500, 500}},
      {"bytes=500-99999999999999999999999999", {500, 500}},
      {"bytes=-1", {999, 1}},
      {"bytes=-1000", {0, 1000}},
      {"bytes=-99999999999999999999999999", {0, 1000}},
      {"Bytes= 1-2 ", {1, 2}},
      {"bytes=1000-", {1000, 0}},
      {"bytes=99999999999999999999999999-", {1000, 0}},
      {"bytes=-0", {1000, 0}},
  };
  for (const Case& each : cases) EXPECT_EQ(asked(each.field, 1000), each.range) << each.field;
  EXPECT_EQ(asked("bytes=0-", 0), (ByteRange{0, 0}));
  EXPECT_EQ(asked("bytes=-5", 0), (ByteRange{0, 0}));
}

TEST(ByteRange, ThatNeedNotBeUnderstoodIsAllThereIs) {
  for (const char* field :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-4", "bytes=+1-2", "bytes=-+2", "bytes=1--2",
        "bytes=1-2,4-5", "bytes=0x1-2", "bytes=1 -2", "rows=1-2", "byte=1-2"}) {
    EXPECT_FALSE(asked(field, 1000)) << field;
  }
  Request request;
  EXPECT_FALSE(range_of(request, 1000));
  request.headers.add("Range", "bytes=0-1");
  EXPECT_TRUE(range_of(request, 1000));
  request.method = Method::kHead;
  EXPECT_FALSE(range_of(request, 1000)) << "a part is asked for with GET";
  request.method = Method::kGet;
  request.headers.add("If-Range", "\"1\"");
  EXPECT_FALSE(range_of(request, 1000));
}

TEST(ByteRange, IsToldWithItsPlace) {
  Response part;
  tell_range(part, {500, 100}, 1000);
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.headers.find("Content-Range"), "bytes 500-599/1000");
  Response none;
  tell_range(none, {1000, 0}, 1000);
  EXPECT_EQ(none.status, 416);
  EXPECT_EQ(none.headers.find("Content-Range"), "bytes */1000");
}

}  // namespace
}  // namespace parley::net
