// SPDX-License-Identifier: Apache-2.0
#include "runtime/loopback.hpp"

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

TEST(LoopbackUrl, TellsWhatStaysOnThisMachine) {
  for (const char* url : {"http://localhost:1/v1", "http://a.localhost", "http://127.3.2.1/v1",
                          "HTTP://127.0.0.1", "http://[::1]:8080/v1"}) {
    EXPECT_TRUE(is_loopback_url(url)) << url;
  }
  for (const char* url : {"http://localhost.example.org/v1", "http://127.0.0.1.example.org/v1",
                          "http://127.0.0.1@example.org/v1", "http://10.0.0.1/v1", "http://[::2]/",
                          "https://api.openai.com/v1", "localhost", "mailto:a@localhost", ""}) {
    EXPECT_FALSE(is_loopback_url(url)) << url;
  }
}

}  // namespace
}  // namespace parley::runtime
