// SPDX-License-Identifier: Apache-2.0
#include "net/target.hpp"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

struct Accepted {
  std::string_view target;
  std::string_view path;
  Query query;
  std::string_view authority = "";
};

TEST(ParseTarget, ReadsPathAndQuery) {
  const Accepted cases[] = {
      {"/", "/", {}},
      {"/a/b", "/a/b", {}},
      {"/a%2Fb/%C3%A9", "/a/b/\xC3\xA9", {}},
      {"/search?q=a+b%20c&limit=3", "/search", {{"q", "a b c"}, {"limit", "3"}}},
      {"/a+b?", "/a+b", {}},
      {"/?a&b=&=c&&", "/", {{"a", ""}, {"b", ""}, {"", "c"}}},
      {"/?a=1=2?3", "/", {{"a", "1=2?3"}}},
      {"/a#fragment?x=1", "/a", {}},
      {"*", "*", {}},
      {"http://localhost:3000/a?b=c", "/a", {{"b", "c"}}, "localhost:3000"},
      {"https://localhost", "/", {}, "localhost"},
      {"http://localhost?x=1", "/", {{"x", "1"}}, "localhost"},
      {"//evil/a", "//evil/a", {}},
  };
  for (const auto& expected : cases) {
    const auto target = parse_target(expected.target);
    ASSERT_TRUE(target) << expected.target;
    EXPECT_EQ(target->path, expected.path) << expected.target;
    EXPECT_EQ(target->query, expected.query) << expected.target;
    EXPECT_EQ(target->authority, expected.authority) << expected.target;
  }
}

TEST(ParseTarget, RefusesWhatIsNoTarget) {
  const std::string many = "/?" + std::string(2 * kMaxQueryFields + 2, 'a').replace(1, 0, "");
  std::string fields = "/?";
  for (std::size_t i = 0; i <= kMaxQueryFields; ++i) fields += "a=1&";
  const std::string cases[] = {"",          "a",      "ftp://x/", "http:///x", "/a b",     "/\x01",
                               "/\xC3\xA9", "/%",     "/%2",      "/%zz",      "/%00",     "/%FF",
                               "/?a=%FF",   "/?a=%0", "/?%00=1",  "?a",        "host:443", fields};
  for (const auto& target : cases) {
    const auto parsed = parse_target(target);
    ASSERT_FALSE(parsed) << target;
    EXPECT_EQ(parsed.error().code, runtime::ErrorCode::kBadRequest) << target;
  }
  EXPECT_TRUE(parse_target(many)) << "one long field is fine";
}

TEST(PathSegments, KeepEncodedSlashesInside) {
  using Segments = std::vector<std::string>;
  EXPECT_EQ(path_segments("/a%2Fb/c"), (Segments{"a/b", "c"}));
  EXPECT_EQ(path_segments("/"), Segments{""});
  EXPECT_EQ(path_segments("/a/"), (Segments{"a", ""}));
  EXPECT_FALSE(path_segments(""));
  EXPECT_FALSE(path_segments("/%"));
}

TEST(Utf8, AcceptsExactlyWhatTheRfcAllows) {
  const std::string_view good[] = {"",
                                   "a",
                                   "\xC2\x80",
                                   "\xDF\xBF",
                                   "\xE0\xA0\x80",
                                   "\xED\x9F\xBF",
                                   "\xEE\x80\x80",
                                   "\xEF\xBF\xBF",
                                   "\xF0\x90\x80\x80",
                                   "\xF4\x8F\xBF\xBF"};
  for (const auto text : good) EXPECT_TRUE(is_utf8(text)) << ::testing::PrintToString(text);
  const std::string_view bad[] = {"\x80",
                                  "\xC0\x80",
                                  "\xC1\xBF",
                                  "\xC2",
                                  "\xC2\x20",
                                  "\xE0\x9F\xBF",
                                  "\xED\xA0\x80",
                                  "\xED\xBF\xBF",
                                  "\xE1\x80",
                                  "\xF0\x8F\xBF\xBF",
                                  "\xF4\x90\x80\x80",
                                  "\xF5\x80\x80\x80",
                                  "\xF8\x88\x80\x80\x80",
                                  "\xFF"};
  for (const auto text : bad) EXPECT_FALSE(is_utf8(text)) << ::testing::PrintToString(text);
}

}  // namespace
}  // namespace parley::net
