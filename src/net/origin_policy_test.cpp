// SPDX-License-Identifier: Apache-2.0
#include "net/origin_policy.hpp"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using runtime::ErrorCode;
using Fields = std::vector<Headers::Field>;

struct Case {
  Fields fields;
  Method method = Method::kGet;
  bool websocket = false;
  std::optional<ErrorCode> refused = std::nullopt;
  bool tls = false;
  std::string authority = "";
};

constexpr auto kBad = ErrorCode::kBadRequest;
constexpr auto kForbidden = ErrorCode::kForbidden;

void check(const Case& expected) {
  const OriginPolicy policy({"parley.lan", "Box"});
  Request request;
  request.method = expected.method;
  request.is_tls = expected.tls;
  std::string shown = std::string(name(expected.method)) + (expected.websocket ? " (WebSocket)" : "");
  for (const auto& [key, value] : expected.fields) {
    request.headers.add(key, value);
    shown += "\n  " + key + ": " + value;
  }
  const auto result = policy.check(request, expected.websocket, expected.authority);
  ASSERT_EQ(!result, expected.refused.has_value()) << shown;
  if (!result) {
    EXPECT_EQ(result.error().code, *expected.refused) << shown;
  }
}

TEST(OriginPolicy, AnswersOnlyToLocalAndConfiguredHosts) {
  for (const auto* host : {"localhost", "LocalHost:3000", "127.0.0.1", "127.0.0.1:3000", "[::1]",
                           "[::1]:3000", "parley.lan", "PARLEY.lan:3000", "box"}) {
    check({{{"Host", host}}});
  }
  for (const auto* host : {"evil.example", "localhost.evil.example", "127.0.0.1.nip.io:3000", "127.0.0.2",
                           "0.0.0.0", "[::2]", "localhost.", "192.168.1.4:3000"}) {
    check({{{"Host", host}}, Method::kGet, false, kForbidden});
  }
  for (const auto* host : {"", ":3000", "localhost:", "localhost:abc", "localhost:123456", "[::1", "[]",
                           "[::1]x", "local host", "a@localhost", "localhost/x", "::1"}) {
    check({{{"Host", host}}, Method::kGet, false, kBad});
  }
  check({{}, Method::kGet, false, kBad});
  check({{{"Host", "localhost"}, {"Host", "localhost"}}, Method::kGet, false, kBad});
}

TEST(OriginPolicy, LetsOnlyItsOwnPagesChangeState) {
  const Fields same = {{"Host", "localhost:3000"}, {"Origin", "http://localhost:3000"}};
  const Fields other = {{"Host", "localhost:3000"}, {"Origin", "https://evil.example"}};
  const Fields none = {{"Host", "localhost:3000"}};
  for (const Method method : {Method::kPost, Method::kPut, Method::kPatch, Method::kDelete, Method::kOther}) {
    check({same, method});
    check({none, method});
    check({other, method, false, kForbidden});
  }
  for (const Method method : {Method::kGet, Method::kHead, Method::kOptions}) check({other, method});
  check({same, Method::kGet, true});
  check({none, Method::kGet, true});
  check({other, Method::kGet, true, kForbidden});
}

TEST(OriginPolicy, ComparesSchemeHostAndPort) {
  const std::string bad[] = {"http://localhost",
                             "http://localhost:3001",
                             "https://localhost:3000",
                             "http://127.0.0.1:3000",
                             "null",
                             "",
                             "http://localhost:3000/",
                             "localhost:3000",
                             "http://localhost:3000, http://x",
                             "http://localhost:3000.x",
                             "file://"};
  for (const auto& origin : bad) {
    check({{{"Host", "localhost:3000"}, {"Origin", origin}}, Method::kPost, false, kForbidden});
  }
  check(
      {{{"Host", "localhost:3000"}, {"Origin", "http://localhost:3000"}, {"Origin", "http://localhost:3000"}},
       Method::kPost,
       false,
       kForbidden});
  check({{{"Host", "localhost"}, {"Origin", "http://localhost:80"}}, Method::kPost});
  check({{{"Host", "localhost:443"}, {"Origin", "https://localhost"}},
         Method::kPost,
         false,
         std::nullopt,
         true});
  check({{{"Host", "LOCALHOST:3000"}, {"Origin", "http://localhost:3000"}}, Method::kPost});
  check(
      {{{"Host", "localhost:443"}, {"Origin", "http://localhost"}}, Method::kPost, false, kForbidden, true});
}

TEST(OriginPolicy, EndsLocalModeBehindAProxy) {
  for (const auto* field : {"Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-FORWARDED-PROTO"}) {
    check({{{"Host", "localhost"}, {field, "203.0.113.7"}}, Method::kGet, false, kForbidden});
  }
}

TEST(OriginPolicy, WantsTheHostOfAnAbsoluteTarget) {
  check({{{"Host", "localhost:3000"}}, Method::kGet, false, std::nullopt, false, "LOCALHOST:3000"});
  check({{{"Host", "localhost:3000"}}, Method::kGet, false, kBad, false, "evil.example"});
}

}  // namespace
}  // namespace parley::net
