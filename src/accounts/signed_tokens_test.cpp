// SPDX-License-Identifier: Apache-2.0
#include "accounts/signed_tokens.hpp"

#include "accounts/authenticator.hpp"
#include "accounts/base64url.hpp"
#include "runtime/testing/fake_clock.hpp"

#include <functional>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace parley::accounts {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";

// The test's own signature, so that it can sign what mint() never would.
std::string signed_by(std::string_view key, std::string_view header, std::string_view claims) {
  std::string token = encode_base64url(header) + "." + encode_base64url(claims);
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(token.data()), token.size(), mac, &size);
  return token + "." + encode_base64url({reinterpret_cast<const char*>(mac), size});
}

struct Tokens {
  std::shared_ptr<runtime::testing::FakeClock> clock = std::make_shared<runtime::testing::FakeClock>();
  std::shared_ptr<SignedTokens> tokens = *SignedTokens::create(std::string(kKey), clock);
  Tokens() { clock->advance(1'000'000s); }
};

TEST(SignedTokens, AdmitWhomTheyWereMintedFor) {
  const Tokens t;
  for (const Principal& who :
       {Principal{PrincipalKind::kUser, "alice@example.com"}, Principal{PrincipalKind::kGuest, "guest_1"}}) {
    const auto token = t.tokens->mint(who, 1h);
    ASSERT_TRUE(token);
    const auto admitted = t.tokens->verify(*token);
    ASSERT_TRUE(admitted);
    EXPECT_EQ(admitted->principal, who);
    EXPECT_EQ(admitted->expires.time_since_epoch(), 1'000'000s + 1h);
  }
}

TEST(SignedTokens, EndWhenTheySaid) {
  const Tokens t;
  const auto token = t.tokens->mint({PrincipalKind::kUser, "alice"}, 60s);
  ASSERT_TRUE(token);
  t.clock->advance(59s);
  EXPECT_TRUE(t.tokens->verify(*token));
  t.clock->advance(1s);
  const auto late = t.tokens->verify(*token);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, runtime::ErrorCode::kUnauthorized);
  EXPECT_EQ(late.error().param, kTokenExpired);
}

TEST(SignedTokens, AreNotMintedForWhatTheyWouldNotAdmit) {
  const Tokens t;
  EXPECT_FALSE(t.tokens->mint({PrincipalKind::kLocal, "local"}, 1h));
  EXPECT_FALSE(t.tokens->mint({PrincipalKind::kUser, ""}, 1h));
  EXPECT_FALSE(t.tokens->mint({PrincipalKind::kUser, "a b"}, 1h));
  EXPECT_FALSE(t.tokens->mint({PrincipalKind::kUser, std::string(129, 'a')}, 1h));
  EXPECT_FALSE(t.tokens->mint({PrincipalKind::kUser, "alice"}, 0s));
  EXPECT_FALSE(t.tokens->mint({PrincipalKind::kUser, "alice"}, 24h * 366));
}

TEST(SignedTokens, SecretsAreOfAnotherKind) {
  const Tokens t;
  for (const Principal& who : {Principal{}, Principal{PrincipalKind::kUser, "alice"}}) {
    const auto secret = t.tokens->mint_secret(who, "cs_1", 60s);
    ASSERT_TRUE(secret);
    EXPECT_EQ(t.tokens->verify_secret(*secret)->principal, who);
    EXPECT_EQ(t.tokens->verify_secret(*secret)->id, "cs_1");
    EXPECT_EQ(t.tokens->verify(*secret).error().param, "type");
  }
  const auto access = t.tokens->mint({PrincipalKind::kUser, "alice"}, 60s);
  EXPECT_EQ(t.tokens->verify_secret(*access).error().param, "type");
  const auto ended = t.tokens->mint_secret({}, "cs_1", 60s);
  t.clock->advance(60s);
  EXPECT_EQ(t.tokens->verify_secret(*ended).error().param, kTokenExpired);
  EXPECT_FALSE(t.tokens->mint_secret({}, "a b", 60s));
  const auto nameless =
      signed_by(kKey, kHeader, R"({"sub":"a","type":"secret","for":"access","exp":2000000})");
  EXPECT_EQ(t.tokens->verify_secret(nameless).error().param, "jti");
}

TEST(SignedTokens, NeedAKeyAsLongAsTheHash) {
  EXPECT_FALSE(SignedTokens::create("short", std::make_shared<runtime::testing::FakeClock>()));
}

struct Hostile {
  const char* what;
  std::string header;
  std::string claims;
  std::string param;
};

class HostileToken : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileToken, IsRefusedThoughItsSignatureIsRight) {
  const Tokens t;
  const Hostile& hostile = GetParam();
  const auto admitted = t.tokens->verify(signed_by(kKey, hostile.header, hostile.claims));
  ASSERT_FALSE(admitted) << hostile.what;
  EXPECT_EQ(admitted.error().code, runtime::ErrorCode::kUnauthorized);
  EXPECT_EQ(admitted.error().param, hostile.param) << hostile.what;
}

std::string claims(std::string_view rest) {
  return R"({"sub":"alice","type":"access")" + std::string(rest) + "}";
}

INSTANTIATE_TEST_SUITE_P(
    SignedTokens, HostileToken,
    ::testing::Values(
        Hostile{"no algorithm", R"({"alg":"none"})", claims(R"(,"exp":2000000)"), "alg"},
        Hostile{"an algorithm of another key", R"({"alg":"RS256"})", claims(R"(,"exp":2000000)"), "alg"},
        Hostile{"a longer hash", R"({"alg":"HS512"})", claims(R"(,"exp":2000000)"), "alg"},
        Hostile{"another case", R"({"alg":"hs256"})", claims(R"(,"exp":2000000)"), "alg"},
        Hostile{"an algorithm that is a number", R"({"alg":1})", claims(R"(,"exp":2000000)"), "alg"},
        Hostile{"a list of algorithms", R"({"alg":["HS256"]})", claims(R"(,"exp":2000000)"), "alg"},
        Hostile{"a header without one", R"({"typ":"JWT"})", claims(R"(,"exp":2000000)"), "alg"},
        Hostile{"a header that is no object", R"("HS256")", claims(R"(,"exp":2000000)"), "format"},
        Hostile{"a header that is no JSON", "alg=HS256", claims(R"(,"exp":2000000)"), "format"},
        Hostile{"critical extensions", R"({"alg":"HS256","crit":["exp"]})", claims(R"(,"exp":2000000)"),
                "crit"},
        Hostile{"claims that are a list", std::string(kHeader), "[1]", "format"},
        Hostile{"claims that are no JSON", std::string(kHeader), "{", "format"},
        Hostile{"no end", std::string(kHeader), claims(""), "claims"},
        Hostile{"an end that is text", std::string(kHeader), claims(R"(,"exp":"2000000")"), "claims"},
        Hostile{"an end before time", std::string(kHeader), claims(R"(,"exp":-1)"), "claims"},
        Hostile{"an end past all dates", std::string(kHeader), claims(R"(,"exp":9223372036854775807)"),
                "claims"},
        Hostile{"an end that is no whole number", std::string(kHeader), claims(R"(,"exp":1e300)"), "claims"},
        Hostile{"an end that is over", std::string(kHeader), claims(R"(,"exp":999999)"), "exp"},
        Hostile{"not yet", std::string(kHeader), claims(R"(,"exp":2000000,"nbf":1500000)"), "nbf"},
        Hostile{"another service's", std::string(kHeader), claims(R"(,"exp":2000000,"aud":"mail")"), "aud"},
        Hostile{"other services'", std::string(kHeader), claims(R"(,"exp":2000000,"aud":["mail",1])"), "aud"},
        Hostile{"a refresh token", std::string(kHeader), R"({"sub":"alice","type":"refresh","exp":2000000})",
                "type"},
        Hostile{"no kind", std::string(kHeader), R"({"sub":"alice","exp":2000000})", "type"},
        Hostile{"nobody", std::string(kHeader), R"({"type":"access","exp":2000000})", "sub"},
        Hostile{"a name with a line feed", std::string(kHeader),
                R"({"sub":"a\nb","type":"access","exp":2000000})", "sub"},
        Hostile{"a name that is a number", std::string(kHeader), R"({"sub":7,"type":"access","exp":2000000})",
                "sub"}));

TEST(SignedTokens, RefuseWhatIsNoTokenOrWasChanged) {
  const Tokens t;
  const std::string good = *t.tokens->mint({PrincipalKind::kUser, "alice"}, 1h);
  const auto first = good.find('.');
  const auto last = good.rfind('.');
  const std::string body = good.substr(first + 1, last - first - 1);
  const std::vector<std::string> bad = {
      "a",
      ".",
      "..",
      "...",
      "a.b.c",
      good + ".",
      "." + good,
      good + "A",
      good.substr(0, good.size() - 1),
      good.substr(0, last),
      good.substr(0, last + 1),
      " " + good,
      good + "\n",
      good + "=",
      good.substr(0, first) + "." + encode_base64url(R"({"sub":"root","type":"access","exp":2000000})") +
          good.substr(last),
      signed_by("another key of thirty-two bytes!!", kHeader, *decode_base64url(body)),
      signed_by("", kHeader, *decode_base64url(body)),
      std::string(kMaxTokenBytes + 1, 'a'),
      good.substr(0, first) + "." + body + "." + std::string(43, 'A')};
  for (const auto& token : bad) {
    const auto admitted = t.tokens->verify(token);
    ASSERT_FALSE(admitted) << token;
    EXPECT_EQ(admitted.error().code, runtime::ErrorCode::kUnauthorized);
    EXPECT_NE(admitted.error().param, kTokenExpired) << token;
    EXPECT_NE(admitted.error().param, kTokenMissing) << token;
  }
  EXPECT_EQ(t.tokens->verify("").error().param, kTokenMissing);
}

TEST(Base64Url, HasOneSpellingForEveryText) {
  for (const std::string_view text : {"", "a", "ab", "abc", "\xff\xfe\x00?"}) {
    EXPECT_EQ(decode_base64url(encode_base64url(text)), std::string(text));
  }
  for (const std::string_view text : {"A", "AAAAA", "AB", "AAB", "AA==", "A+", "A/", "A A", "AA\n"}) {
    EXPECT_FALSE(decode_base64url(text)) << text;
  }
}

TEST(Authenticator, TakesWhoBringsNothingForTheLocalUserUnlessATokenIsNeeded) {
  const Tokens t;
  const Authenticator open(t.tokens, false);
  const Authenticator strict(t.tokens, true);
  EXPECT_EQ(*open.admit(std::nullopt), Principal{});
  EXPECT_EQ(strict.admit(std::nullopt).error().param, kTokenMissing);
  const std::string token = *t.tokens->mint({PrincipalKind::kGuest, "g"}, 1h);
  EXPECT_EQ(strict.admit(token)->key(), "guest:g");
  EXPECT_EQ(open.admit(token)->key(), "guest:g");
  EXPECT_FALSE(open.admit("no token"));
  EXPECT_FALSE(open.admit(""));
}

}  // namespace
}  // namespace parley::accounts
