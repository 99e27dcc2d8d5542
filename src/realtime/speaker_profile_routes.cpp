// SPDX-License-Identifier: Apache-2.0
#include "realtime/speaker_profile_routes.hpp"

#include "conversation/speaker_json.hpp"
#include "realtime/caller_routes.hpp"
#include "runtime/json.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <boost/describe.hpp>

namespace parley::realtime {

using accounts::Principal;
using net::Request;
using net::Response;
using runtime::Context;
using runtime::Result;
using runtime::Task;
using SharedParts = std::shared_ptr<const Parts>;

namespace {

// Half a minute at 48 kHz, two channels of 16 bits, is less.
constexpr std::size_t kMostRecordingBytes = 8'000'000;
constexpr auto kEnrolmentTime = std::chrono::minutes(1);

struct ConsentBody {
  std::int64_t wording = 0;
};
BOOST_DESCRIBE_STRUCT(ConsentBody, (), (wording))

Response answer(const Parts& parts, const Context& context,
                const Result<conversation::SpeakerRecord>& record) {
  if (!record) return net::error_response(context, record.error());
  return net::json_response(200, conversation::speaker_json(*record, parts.engines.profiles->engine()));
}

Task<Response> get(SharedParts parts, Principal, Context context, Request) {
  const auto record = co_await parts->engines.profiles->find(context);
  co_return answer(*parts, context, record);
}

Task<Response> consent(SharedParts parts, Principal, Context context, Request request) {
  const auto value = request.json();
  if (!value) co_return net::error_response(context, value.error());
  ConsentBody body;
  const auto read = runtime::read_json(*value, body);
  if (!read) co_return net::error_response(context, read.error());
  const auto record = co_await parts->engines.profiles->agree(context, body.wording);
  co_return answer(*parts, context, record);
}

Task<Response> enrol(SharedParts parts, Principal, Context context, Request request) {
  const std::string sentence(request.path_param("sentence"));
  const auto enrolled = co_await parts->engines.profiles->enrol(context, sentence, std::move(request.body));
  if (!enrolled) co_return net::error_response(context, enrolled.error());
  co_return net::json_response(200, conversation::enrolled_json(sentence, *enrolled));
}

Task<Response> forget(SharedParts parts, Principal, Context context, Request) {
  const auto forgotten = co_await parts->engines.profiles->forget(context);
  if (!forgotten) co_return net::error_response(context, forgotten.error());
  co_return net::empty_response();
}

}  // namespace

void add_speaker_profile_routes(net::Router& router, std::shared_ptr<const Parts> parts) {
  using net::Method;
  if (!parts->engines.profiles) return;
  const auto limit = std::make_shared<RequestLimit>(parts->config.session_requests, parts->engines.clock);
  const std::string path = "/api/v1/speaker-profile";
  router.add(Method::kGet, path, for_caller(parts, limit, get));
  router.add(Method::kDelete, path, for_caller(parts, limit, forget));
  router.add(Method::kPut, path + "/consent", for_caller(parts, limit, consent));
  router.add(Method::kPost, path + "/recordings/:sentence", for_caller(parts, limit, enrol),
             {.body_limit = kMostRecordingBytes, .timeout = kEnrolmentTime});
}

}  // namespace parley::realtime
