// SPDX-License-Identifier: Apache-2.0
#include "net/listen_address.hpp"

#include "net/config.hpp"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using runtime::ErrorCode;

TEST(ListenAddress, TakesLoopbackOfBothFamilies) {
  struct Case {
    const char* text;
    const char* address;
    int port;
  };
  for (const auto& [text, address, port] : {Case{"127.0.0.1:3000", "127.0.0.1", 3000},
                                            {"localhost:0", "127.0.0.1", 0},
                                            {"[::1]:65535", "::1", 65535}}) {
    const auto endpoint = parse_listen_address(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(endpoint->address().to_string(), address);
    EXPECT_EQ(endpoint->port(), port);
  }
}

TEST(ListenAddress, RefusesWhatIsNone) {
  for (const char* text :
       {"", "localhost", ":3000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:http", "::1:3000", "[127.0.0.1]:3000", "[]:3000", "example.org:80"}) {
    const auto endpoint = parse_listen_address(text);
    ASSERT_FALSE(endpoint) << text;
    EXPECT_EQ(endpoint.error().code, ErrorCode::kBadRequest) << text;
    EXPECT_EQ(endpoint.error().param, "server.listen");
  }
}

TEST(ListenAddress, RefusesWhatOtherMachinesReach) {
  for (const char* text : {"0.0.0.0:3000", "[::]:3000", "192.0.2.1:3000"}) {
    const auto endpoint = parse_listen_address(text);
    ASSERT_FALSE(endpoint) << text;
    EXPECT_EQ(endpoint.error().code, ErrorCode::kForbidden) << text;
  }
}

TEST(ListenAddress, IsCheckedWithTheConfiguration) {
  ServerConfig config;
  EXPECT_TRUE(config.validate());
  config.listen = {"127.0.0.1:3000", "bogus"};
  EXPECT_FALSE(config.validate());
}

TEST(ListenAddress, MayBeReachedFromElsewhereWhereThatIsAskedFor) {
  const auto endpoint = parse_endpoint("0.0.0.0:10300", "some.key");
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->port(), 10300);
  const auto malformed = parse_endpoint("10300", "some.key");
  ASSERT_FALSE(malformed);
  EXPECT_EQ(malformed.error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(malformed.error().param, "some.key");
}

}  // namespace
}  // namespace parley::net
