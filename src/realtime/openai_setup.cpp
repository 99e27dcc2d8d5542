// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_setup.hpp"

#include "realtime/caller.hpp"
#include "realtime/json_fields.hpp"
#include "realtime/request_limit.hpp"
#include "runtime/ids.hpp"

#include <utility>

#include <boost/json/object.hpp>

namespace parley::realtime {
namespace json = boost::json;

using accounts::Principal;
using accounts::PrincipalKind;
using net::Request;
using net::Response;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using SharedParts = std::shared_ptr<const Parts>;

namespace {

constexpr std::int64_t kUsualLife = 600;  // seconds
constexpr std::int64_t kShortestLife = 10;
constexpr std::int64_t kLongestLife = 7200;
constexpr std::size_t kLongestBody = 512 * 1024;

Result<std::chrono::seconds> life_of(const json::value& body) {
  std::int64_t seconds = kUsualLife;
  std::string anchor = "created_at";
  if (const json::value* after = member(body, "expires_after")) {
    for (const auto& read : {read_member(*after, "seconds", seconds, "expires_after.seconds"),
                             read_member(*after, "anchor", anchor, "expires_after.anchor")}) {
      if (!read) return read.error();
    }
  }
  if (anchor != "created_at") return bad_field("expected created_at", "expires_after.anchor");
  if (seconds < kShortestLife || seconds > kLongestLife) {
    return bad_field("expected 10 to 7200", "expires_after.seconds");
  }
  return std::chrono::seconds(seconds);
}

Result<Response> make_secret(const Parts& parts, const Principal& caller, const Request& request) {
  // Else a guest could stay for ever.
  if (caller.kind == PrincipalKind::kGuest)
    return Error{ErrorCode::kForbidden, "a guest cannot hand out keys"};
  json::value body = json::object();
  if (!request.body.empty()) {
    auto read = request.json();
    if (!read) return read.error();
    body = std::move(*read);
  }
  const auto life = life_of(body);
  if (!life) return life.error();
  const json::value* given = member(body, "session");
  const json::value session = given == nullptr ? json::value(json::object()) : *given;
  if (!session.is_object()) return bad_field("expected an object", "session");
  const auto transcription = is_transcription(session);
  if (!transcription) return transcription.error();
  SessionSettings settings = initial_settings(parts, *transcription);
  const auto applied = apply_checked(session, parts, settings);
  if (!applied) return applied.error();
  std::string model = "parley";
  const auto named = read_member(session, "model", model, "session.model");
  if (!named) return named.error();
  const auto made = parts.secrets->make(caller, runtime::to_json(session), *life);
  if (!made) return made.error();
  const auto expires = std::chrono::floor<std::chrono::seconds>(made->expires.time_since_epoch()).count();
  return net::json_response(
      200, json::object{{"value", made->value},
                        {"expires_at", expires},
                        {"session", describe_session(runtime::make_id("sess"), model, settings)}});
}

// Clients of this protocol always send a key; only where tokens are needed is it one.
Task<Response> answer(SharedParts parts, std::shared_ptr<RequestLimit> limit, Context context,
                      Request request) {
  const auto caller =
      parts->authenticator.admit(parts->authenticator.token_needed() ? token_of(request) : std::nullopt);
  if (!caller) co_return net::error_response(context, caller.error());
  const auto counted = caller->kind == PrincipalKind::kLocal ? Result<>() : limit->count(caller->key());
  if (!counted) co_return net::error_response(context, counted.error());
  auto made = make_secret(*parts, *caller, request);
  if (!made) co_return net::error_response(context, made.error());
  co_return std::move(*made);
}

}  // namespace

SessionSettings initial_settings(const Parts& parts, bool transcription_only) {
  SessionSettings settings;
  settings.options = conversation::default_options(parts.engines.config);
  settings.transcription_only = transcription_only;
  if (transcription_only) settings.options.turn.create_response = settings.options.announces = false;
  return settings;
}

Result<> apply_checked(const json::value& session, const Parts& parts, SessionSettings& settings) {
  const auto& synthesizer = *parts.engines.synthesizer;
  const auto defaults = conversation::default_options(parts.engines.config);
  SessionSettings changed = settings;
  const auto applied = apply_session(session, defaults, changed);
  if (!applied) return applied.error();
  std::string& voice = changed.options.voice.voice;
  // It is shown to the client, which may send it back: not asked for, it gives way to another language's.
  if (voice == synthesizer.default_voice()) voice.clear();
  const auto engine = synthesizer.engine_of(voice);
  if (!voice.empty() && !engine)
    return Error{engine.error().code, engine.error().message, "session.audio.output.voice"};
  const auto known = parts.engines.recognizer->knows(changed.options.language);
  if (!known) {
    return Error{known.error().code, known.error().message, "session.audio.input.transcription.language"};
  }
  settings = std::move(changed);
  return {};
}

void add_openai_routes(net::Router& router, std::shared_ptr<const Parts> parts) {
  const auto limit = std::make_shared<RequestLimit>(parts->config.session_requests, parts->engines.clock);
  router.add(net::Method::kPost, "/v1/realtime/client_secrets",
             [parts = std::move(parts), limit](Context context, Request request) {
               return answer(parts, limit, std::move(context), std::move(request));
             },
             {.body_limit = kLongestBody});
}

}  // namespace parley::realtime
