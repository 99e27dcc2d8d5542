// SPDX-License-Identifier: Apache-2.0
#include "net/router.hpp"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using runtime::Context;
using runtime::Task;

Task<Response> nothing(Context, Request) { co_return empty_response(); }
Task<> no_socket(Context, std::shared_ptr<WebSocket>) { co_return; }

std::string pattern_of(const Router& router, Method method, std::string_view path) {
  const auto found = router.find(method, path);
  const auto* match = std::get_if<Router::Match>(&found);
  return match == nullptr ? "" : match->route->pattern;
}

Router documents() {
  Router router;
  router.add(Method::kGet, "/api/documents/:id", nothing);
  router.add(Method::kGet, "/api/documents/latest", nothing);
  router.add(Method::kDelete, "/api/documents/:id", nothing);
  router.add(Method::kGet, "/api/:kind/latest", nothing);
  router.add(Method::kPost, "/api/documents", nothing);
  router.websocket("/v1/realtime", {"realtime"}, no_socket);
  return router;
}

TEST(Router, GivesTheNamesOfThePatternTheirValues) {
  const Router router = documents();
  const auto found = router.find(Method::kGet, "/api/documents/a%2Fb");
  ASSERT_TRUE(std::holds_alternative<Router::Match>(found));
  EXPECT_EQ(std::get<Router::Match>(found).path_params.at("id"), "a/b");
}

TEST(Router, PrefersTheMoreExactPattern) {
  const Router router = documents();
  EXPECT_EQ(pattern_of(router, Method::kGet, "/api/documents/latest"), "/api/documents/latest");
  EXPECT_EQ(pattern_of(router, Method::kGet, "/api/voices/latest"), "/api/:kind/latest");
  EXPECT_EQ(pattern_of(router, Method::kDelete, "/api/documents/latest"), "/api/documents/:id");
}

TEST(Router, AnswersHeadWithGet) {
  EXPECT_EQ(pattern_of(documents(), Method::kHead, "/api/documents/1"), "/api/documents/:id");
}

TEST(Router, TellsWhichMethodsAPathAllows) {
  const Router router = documents();
  const auto found = router.find(Method::kPost, "/api/documents/1");
  ASSERT_TRUE(std::holds_alternative<Router::Miss>(found));
  EXPECT_EQ(std::get<Router::Miss>(found).allowed, (std::vector{Method::kGet, Method::kDelete}));
}

TEST(Router, MissesWhatNoPatternFits) {
  const Router router = documents();
  for (const auto* path :
       {"/", "/api", "/api/documents/", "/api/documents/1/2", "/api/documents/%", "nonsense", ""}) {
    const auto found = router.find(Method::kGet, path);
    ASSERT_TRUE(std::holds_alternative<Router::Miss>(found)) << path;
    EXPECT_TRUE(std::get<Router::Miss>(found).allowed.empty() || std::string_view(path) == "/api/documents")
        << path;
  }
}

TEST(Router, FallsBackOnlyWhereNoPatternFits) {
  Router router = documents();
  router.fallback(nothing);
  EXPECT_EQ(pattern_of(router, Method::kGet, "/index.html"), "*");
  EXPECT_EQ(pattern_of(router, Method::kHead, "/index.html"), "*");
  EXPECT_EQ(pattern_of(router, Method::kPost, "/index.html"), "");
  EXPECT_EQ(pattern_of(router, Method::kGet, "/api/documents"), "")
      << "a known path with another method is a 405";
}

TEST(Router, KeepsWebSocketsApart) {
  const Router router = documents();
  EXPECT_TRUE(router.find_websocket("/v1/realtime"));
  EXPECT_FALSE(router.find_websocket("/api/documents/1"));
  EXPECT_EQ(pattern_of(router, Method::kGet, "/v1/realtime"), "");
}

}  // namespace
}  // namespace parley::net
