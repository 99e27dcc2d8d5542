// SPDX-License-Identifier: Apache-2.0
#include "realtime/caller.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

net::Request with(const std::string& name, const std::string& value) {
  net::Request request;
  if (name == "token" || name == "echo") {
    request.query.emplace_back(name, value);
  } else {
    request.headers.add(name, value);
  }
  return request;
}

TEST(Caller, BringsATokenInAHeaderTheQueryOrTheSubprotocol) {
  EXPECT_EQ(token_of({}), std::nullopt);
  EXPECT_EQ(token_of(with("Authorization", "Bearer a.b.c")), "a.b.c");
  EXPECT_EQ(token_of(with("Authorization", "bearer  a.b.c ")), "a.b.c");
  EXPECT_EQ(token_of(with("Authorization", "a.b.c")), "a.b.c");
  EXPECT_EQ(token_of(with("Authorization", "")), "");
  EXPECT_EQ(token_of(with("token", "a.b.c")), "a.b.c");
  EXPECT_EQ(token_of(with("Sec-WebSocket-Protocol", "chat, token.a.b.c")), "a.b.c");
  EXPECT_EQ(token_of(with("Sec-WebSocket-Protocol", "token.")), "");
  EXPECT_EQ(token_of(with("Sec-WebSocket-Protocol", "chat,tokens")), std::nullopt);
}

TEST(Caller, HasAnOpenSpeakerWhenItSaysSo) {
  EXPECT_TRUE(has_open_speaker(with("echo", "open"), false));
  EXPECT_FALSE(has_open_speaker(with("echo", "cancelled"), true));
}

TEST(Caller, HasAnOpenSpeakerAsConfiguredUnlessItIsABrowser) {
  EXPECT_FALSE(has_open_speaker({}, false));
  EXPECT_TRUE(has_open_speaker({}, true));
  EXPECT_FALSE(has_open_speaker(with("Origin", "https://example.org"), true));
}

TEST(Caller, IsToldWhyByTheNamesThatClientsKnow) {
  using runtime::Error;
  using runtime::ErrorCode;
  EXPECT_EQ(refusal_name(Error{ErrorCode::kUnauthorized, "", "token"}), "AUTH_REQUIRED");
  EXPECT_EQ(refusal_name(Error{ErrorCode::kUnauthorized, "", "exp"}), "AUTH_EXPIRED");
  EXPECT_EQ(refusal_name(Error{ErrorCode::kUnauthorized, "", "signature"}), "AUTH_INVALID");
}

}  // namespace
}  // namespace parley::realtime
