// SPDX-License-Identifier: Apache-2.0
#include "net/http.hpp"

#include "net/response_head.hpp"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;

std::string body_of(const Response& response) { return std::get<std::string>(response.body); }

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers;
  headers.add("Content-Type", "a");
  headers.add("content-type", "b");
  EXPECT_EQ(headers.find("CONTENT-TYPE"), "a");
  EXPECT_EQ(headers.count("Content-type"), 2U);
  headers.set("CONTENT-TYPE", "c");
  EXPECT_EQ(headers.count("Content-Type"), 1U);
  EXPECT_EQ(headers.find("Content-Type"), "c");
  EXPECT_FALSE(headers.find("Content-Typ"));
}

TEST(Headers, FindTokensOfLists) {
  Headers headers;
  headers.add("Connection", "keep-alive, Upgrade");
  headers.add("Connection", " , close ,");
  EXPECT_TRUE(headers.has_token("connection", "upgrade"));
  EXPECT_TRUE(headers.has_token("connection", "close"));
  EXPECT_FALSE(headers.has_token("connection", "keep"));
}

TEST(Request, RefusesABodyThatIsNotJson) {
  Request request;
  request.body = "{\"a\":1}";
  EXPECT_TRUE(request.json());
  request.headers.set("Content-Type", "Application/JSON; charset=utf-8");
  EXPECT_TRUE(request.json());
  request.headers.set("Content-Type", "text/plain");
  EXPECT_EQ(request.json().error().code, ErrorCode::kUnsupportedMedia);
  request.headers.set("Content-Type", "application/json");
  request.body = std::string(10'000, '[');
  EXPECT_EQ(request.json().error().code, ErrorCode::kBadRequest);
}

TEST(ErrorResponse, CarriesCodeMessageParamAndCorrelationId) {
  Context context;
  context.correlation_id = "req_1";
  const Error error{ErrorCode::kOverloaded, "too much \"work\"", "/limit", std::chrono::milliseconds(1200)};
  const Response response = error_response(context, error);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.find("Retry-After"), "2");
  EXPECT_EQ(
      body_of(response),
      R"({"error":{"code":"OVERLOADED","message":"too much \"work\"","param":"/limit","correlation_id":"req_1"}})");
}

TEST(ErrorResponse, LeavesOutWhatIsNotThere) {
  const Response response = error_response({}, {ErrorCode::kNotFound, "no"});
  EXPECT_EQ(response.status, 404);
  EXPECT_FALSE(response.headers.find("Retry-After"));
  EXPECT_EQ(body_of(response), R"({"error":{"code":"NOT_FOUND","message":"no","correlation_id":""}})");
}

TEST(FormatHead, DoesNotLetAValueAddFields) {
  Response response = text_response(200, "x");
  response.headers.set("X-Echo", "a\r\nSet-Cookie: b");
  const std::string head = format_head(response, {.content_length = 1});
  EXPECT_NE(head.find("X-Echo: a  Set-Cookie: b\r\n"), std::string::npos);
  EXPECT_EQ(head.find("\r\nSet-Cookie"), std::string::npos);
}

TEST(FormatHead, SaysHowTheBodyEnds) {
  const std::string plain =
      format_head(json_response(202, nullptr), {.content_length = 4, .correlation_id = "r"});
  EXPECT_TRUE(
      plain.starts_with("HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n"
                        "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nX-Content-Type-Options: nosniff\r\n"
                        "X-Request-Id: r\r\nContent-Length: 4\r\n\r\n"))
      << plain;
  const std::string chunked =
      format_head(event_response(runtime::Stream<ServerEvent>()), {.chunked = true, .close = true});
  EXPECT_NE(chunked.find("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"), std::string::npos);
  EXPECT_EQ(chunked.find("Content-Length"), std::string::npos);
}

TEST(FormatEvent, SplitsDataIntoLines) {
  EXPECT_EQ(format_event({"progress", "{}"}), "event: progress\ndata: {}\n\n");
  EXPECT_EQ(format_event({"", "a\nb\r\nc\rd"}), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(format_event({"x\nid: 1", ""}), "event: x id: 1\ndata: \n\n");
}

}  // namespace
}  // namespace parley::net
