// SPDX-License-Identifier: Apache-2.0
#include "net/multipart.hpp"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using runtime::ErrorCode;

constexpr std::string_view kType = "multipart/form-data; boundary=XX";

std::string part(const std::string& disposition, const std::string& data, const std::string& more = "") {
  return "--XX\r\nContent-Disposition: " + disposition + "\r\n" + more + "\r\n" + data + "\r\n";
}

TEST(ParseForm, ReadsFieldsAndFiles) {
  const std::string body =
      part("form-data; name=\"note\"", "two\r\nlines") +
      part("form-data; name=\"file\"; filename=\"a.txt\"", "--X\r\n--", "Content-Type: text/markdown\r\n") +
      part("FORM-DATA; NAME=file; FileName=b.bin", std::string("\0\xff", 2)) + "--XX--\r\nepilogue";
  const auto parts = parse_form(kType, body);
  ASSERT_TRUE(parts) << to_string(parts.error());
  ASSERT_EQ(parts->size(), 3U);
  EXPECT_EQ((*parts)[0].name, "note");
  EXPECT_EQ((*parts)[0].data, "two\r\nlines");
  EXPECT_FALSE((*parts)[0].filename);
  EXPECT_EQ((*parts)[0].content_type, "text/plain");
  EXPECT_EQ((*parts)[1].filename, "a.txt");
  EXPECT_EQ((*parts)[1].content_type, "text/markdown");
  EXPECT_EQ((*parts)[1].data, "--X\r\n--");
  EXPECT_EQ((*parts)[2].filename, "b.bin");
  EXPECT_EQ((*parts)[2].data, std::string_view("\0\xff", 2));
}

TEST(ParseForm, ReadsWhatIsUnusualButAllowed) {
  const std::string cases[] = {
      "preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nx\r\n--XX--",
      "--XX \t\r\ncontent-disposition:form-data;name=f\r\n\r\nx\r\n--XX--",
      "--XX\r\nX-Other: 1\r\nContent-Disposition: form-data; name=\"f\"; \r\n\r\nx\r\n--XX--\r\n",
  };
  for (const auto& body : cases) {
    const auto parts = parse_form(kType, body);
    ASSERT_TRUE(parts) << body;
    ASSERT_EQ(parts->size(), 1U) << body;
    EXPECT_EQ(parts->front().name, "f") << body;
    EXPECT_EQ(parts->front().data, "x") << body;
  }
  const auto empty = parse_form(kType, part("form-data; name=\"f\"; filename=\"\"", "") + "--XX--\r\n");
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->front().data, "");
  EXPECT_EQ(empty->front().filename, "");
  EXPECT_EQ(parse_form(kType, "--XX--")->size(), 0U);
  EXPECT_TRUE(parse_form("Multipart/Form-Data; charset=utf-8; Boundary=\"XX\"", "--XX--"));
}

TEST(ParseForm, DecodesFileNames) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("C:\dir\a.txt")", R"(C:\dir\a.txt)"},
      {R"("team/a.txt")", "team/a.txt"},
      {R"("say \"hi\".txt")", "say \"hi\".txt"},
      {R"("say %22hi%22.txt")", "say \"hi\".txt"},
      {R"("a%0D%0Ab.txt")", "a  b.txt"},
      {"\"\xC3\xA9t\xC3\xA9.md\"", "\xC3\xA9t\xC3\xA9.md"},
      {R"("a;b.txt")", "a;b.txt"},
  };
  for (const auto& [given, expected] : cases) {
    const auto parts =
        parse_form(kType, part(std::string("form-data; name=\"f\"; filename=") + given, "x") + "--XX--");
    ASSERT_TRUE(parts) << given;
    EXPECT_EQ(parts->front().filename, expected) << given;
  }
}

TEST(ParseForm, RefusesWhatIsMalformed) {
  std::string many;
  for (std::size_t i = 0; i <= kMaxFormParts; ++i) many += part("form-data; name=f", "x");
  const std::string cases[] = {
      "",
      "no boundary at all",
      "--XX",
      "--XX\r\n",
      "--XXY\r\nContent-Disposition: form-data; name=f\r\n\r\nx\r\n--XX--",
      part("form-data; name=f", "cut off"),
      "--XX\r\nContent-Disposition: form-data; name=f\r\n",
      "--XX\r\n\r\nx\r\n--XX--",
      "--XX\r\nno colon\r\n\r\nx\r\n--XX--",
      part("attachment; name=f", "x") + "--XX--",
      part("form-data", "x") + "--XX--",
      part("form-data; name=\"open", "x") + "--XX--",
      part("form-data; name=\"f\"x", "x") + "--XX--",
      part("form-data; name", "x") + "--XX--",
      part("form-data; name=\"\xff\"", "x") + "--XX--",
      part("form-data; name=f", "x", "X: " + std::string(kMaxFormPartHeader, 'x') + "\r\n") + "--XX--",
      many + "--XX--",
  };
  for (const auto& body : cases) {
    const auto parts = parse_form(kType, body);
    ASSERT_FALSE(parts) << body.substr(0, 200);
    EXPECT_EQ(parts.error().code, ErrorCode::kBadRequest) << body.substr(0, 200);
  }
}

TEST(ParseForm, RefusesOtherTypesAndBoundaries) {
  EXPECT_EQ(parse_form("application/json", "--XX--").error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_EQ(parse_form("", "--XX--").error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_EQ(parse_form("multipart/form-data", "--XX--").error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(parse_form("multipart/form-data; boundary=", "--XX--").error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(parse_form("multipart/form-data; boundary=" + std::string(71, 'X'), "--XX--").error().code,
            ErrorCode::kBadRequest);
}

}  // namespace
}  // namespace parley::net
