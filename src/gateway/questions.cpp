// SPDX-License-Identifier: Apache-2.0
#include "conversation/answer_json.hpp"
#include "gateway/routes.hpp"
#include "runtime/json.hpp"

#include <boost/describe.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace parley::gateway {
namespace {

namespace json = boost::json;
using net::Method;
using net::Request;
using net::Response;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using SharedParts = std::shared_ptr<const Parts>;

constexpr std::size_t kMaxQuestionBytes = 8 * 1024;
constexpr std::int64_t kMaxHits = 50;

struct SearchBody {
  std::string query;
  std::int64_t limit = 5;
};
BOOST_DESCRIBE_STRUCT(SearchBody, (), (query, limit))

struct AskBody {
  std::string question;
};
BOOST_DESCRIBE_STRUCT(AskBody, (), (question))

template <class Body>
Result<Body> read_body(const Request& request) {
  const auto value = request.json();
  if (!value) return value.error();
  Body body;
  const auto read = runtime::read_json(*value, body);
  if (!read) return read.error();
  return body;
}

Result<> check_text(const std::string& text, const char* param) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return Error{ErrorCode::kBadRequest, "must not be empty", param};
  }
  if (text.size() > kMaxQuestionBytes) return Error{ErrorCode::kBadRequest, "is too long", param};
  return {};
}

json::object hit_json(const knowledge::Hit& hit) {
  return {{"chunk_id", hit.chunk_id}, {"document_id", hit.document_id},
          {"filename", hit.filename}, {"title", hit.title},
          {"heading", hit.heading},   {"text", hit.text},
          {"start", hit.start},       {"end", hit.end},
          {"score", hit.score}};
}

Task<Response> search(SharedParts parts, Context context, Request request) {
  const auto body = read_body<SearchBody>(request);
  if (!body) co_return net::error_response(context, body.error());
  const auto checked = check_text(body->query, "/query");
  if (!checked) co_return net::error_response(context, checked.error());
  if (body->limit < 1 || body->limit > kMaxHits) {
    co_return net::error_response(context, {ErrorCode::kBadRequest, "must be 1 to 50", "/limit"});
  }
  knowledge::Query query{.text = body->query, .limit = static_cast<std::size_t>(body->limit)};
  const auto found = co_await parts->retriever->search(context, std::move(query));
  if (!found) co_return net::error_response(context, found.error());
  json::array hits;
  for (const auto& hit : found->hits) hits.push_back(hit_json(hit));
  co_return net::json_response(200, {{"hits", std::move(hits)}});
}

Task<Response> ask(SharedParts parts, Context context, Request request) {
  const auto body = read_body<AskBody>(request);
  if (!body) co_return net::error_response(context, body.error());
  const auto checked = check_text(body->question, "/question");
  if (!checked) co_return net::error_response(context, checked.error());
  const auto answer = co_await parts->answerer->ask(context, body->question);
  if (!answer) co_return net::error_response(context, answer.error());
  co_return net::json_response(200, conversation::answer_json(body->question, *answer, *parts->answerer));
}

}  // namespace

void add_question_routes(net::Router& router, const SharedParts& parts) {
  router.add(Method::kPost, "/search", with_parts(parts, search));
  router.add(Method::kPost, "/api/v1/ask", with_parts(parts, ask));
}

}  // namespace parley::gateway
