// SPDX-License-Identifier: Apache-2.0
#include "realtime/client_secrets.hpp"

#include "runtime/testing/fake_clock.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using namespace std::chrono_literals;
using accounts::PrincipalKind;

struct Secrets {
  std::shared_ptr<runtime::testing::FakeClock> clock = std::make_shared<runtime::testing::FakeClock>();
  std::shared_ptr<accounts::SignedTokens> tokens =
      *accounts::SignedTokens::create("0123456789abcdef0123456789abcdef", clock);
  ClientSecrets secrets{tokens, clock};
};

TEST(ClientSecrets, OpenTheSessionTheyWereMadeForUntilTheyExpire) {
  Secrets s;
  const auto made = s.secrets.make({PrincipalKind::kUser, "alice"}, R"({"instructions":"x"})", 60s);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->value.starts_with("ek_"));
  const auto grant = s.secrets.open(made->value);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->principal.key(), "user:alice");
  EXPECT_EQ(grant->session, R"({"instructions":"x"})");
  s.clock->advance(60s);
  EXPECT_EQ(s.secrets.open(made->value).error().param, accounts::kTokenExpired);
}

TEST(ClientSecrets, OpenNothingElse) {
  Secrets s;
  const auto made = s.secrets.make({}, "{}", 60s);
  ASSERT_TRUE(made);
  EXPECT_FALSE(s.tokens->verify(made->value.substr(3))) << "it is no access token";
  const auto access = s.tokens->mint({PrincipalKind::kUser, "alice"}, 60s);
  EXPECT_FALSE(s.secrets.open("ek_" + *access)) << "nor is that one an ephemeral key";
  ClientSecrets elsewhere(s.tokens, s.clock);
  EXPECT_FALSE(elsewhere.open(made->value));
  for (const char* bad : {"", "ek_", "ek_a.b.c", "ek_..", "\xff"}) EXPECT_FALSE(s.secrets.open(bad));
  std::string changed = made->value;
  changed[changed.size() / 2] ^= 1;
  EXPECT_FALSE(s.secrets.open(changed));
}

TEST(ClientSecrets, AreSoMany) {
  Secrets s;
  const std::string large(ClientSecrets::kLongestSession, ' ');
  EXPECT_EQ(s.secrets.make({}, large + ' ', 60s).error().code, runtime::ErrorCode::kPayloadTooLarge);
  for (std::size_t i = 0; i < ClientSecrets::kMostBytes / large.size(); ++i) {
    ASSERT_TRUE(s.secrets.make({}, large, 60s));
  }
  EXPECT_EQ(s.secrets.make({}, "{}", 60s).error().code, runtime::ErrorCode::kOverloaded);
  s.clock->advance(61s);
  EXPECT_TRUE(s.secrets.make({}, large, 60s)) << "those that expired make room";
}

}  // namespace
}  // namespace parley::realtime
