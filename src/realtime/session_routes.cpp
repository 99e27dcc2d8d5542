// SPDX-License-Identifier: Apache-2.0
#include "realtime/session_routes.hpp"

#include "realtime/caller.hpp"
#include "realtime/caller_routes.hpp"
#include "realtime/overload.hpp"
#include "realtime/session_json.hpp"
#include "runtime/ids.hpp"
#include "runtime/whole_number.hpp"

#include <utility>

#include <boost/json/array.hpp>

namespace parley::realtime {
namespace json = boost::json;

using accounts::Principal;
using accounts::PrincipalKind;
using conversation::SessionRecord;
using net::Request;
using net::Response;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using SharedParts = std::shared_ptr<const Parts>;

namespace {

constexpr std::size_t kMaxListed = 100;
constexpr std::size_t kListed = 50;

Response failed(const Context& context, const Error& error) { return net::error_response(context, error); }

json::object describe(const Parts& parts, const SessionRecord& record) {
  json::object described = describe_record(record, recording_of(parts.engines, record.id));
  if (const auto tier = parts.live->network(record.id)) described["network"] = name(*tier);
  return described;
}

// The body may be missing: everything in it has a default.
Result<json::object> body_of(const Request& request) {
  if (request.body.empty()) return json::object();
  auto value = request.json();
  if (!value) return value.error();
  if (!value->is_object()) return Error{ErrorCode::kBadRequest, "expected an object"};
  return std::move(value->get_object());
}

Result<bool> guest_wanted(const json::object& body) {
  const json::value* guest = body.if_contains("guest");
  if (guest == nullptr) return false;
  if (!guest->is_bool()) return Error{ErrorCode::kBadRequest, "expected true or false", "/guest"};
  return guest->get_bool();
}

Result<std::size_t> limit_of(const Request& request) {
  const auto text = request.query_value("limit");
  if (!text) return kListed;
  const auto limit = runtime::whole_number<std::size_t>(*text);
  if (!limit || *limit < 1 || *limit > kMaxListed) {
    return Error{ErrorCode::kBadRequest, "expected 1 to 100", "limit"};
  }
  return *limit;
}

// What a body that was read says of it, if it does.
std::optional<bool> consent_in(const json::object& body) {
  const json::value* recording = body.if_contains("recording");
  const bool says = recording != nullptr && recording->is_object();
  const json::value* consent = says ? recording->get_object().if_contains("consent") : nullptr;
  return consent != nullptr && consent->is_bool() ? std::optional(consent->get_bool()) : std::nullopt;
}

// A session of the caller's, or of a guest that is made for it and whose token comes back with it.
Task<Response> create(SharedParts parts, Principal caller, Context context, Request request) {
  const auto taken = takes_new_sessions(*parts);
  if (!taken) co_return failed(context, taken.error());
  const auto body = body_of(request);
  if (!body) co_return failed(context, body.error());
  conversation::SessionSettings settings;
  const auto read = read_settings(*body, settings);
  if (!read) co_return failed(context, read.error());
  const auto checked = check_settings(settings, parts->engines);
  if (!checked) co_return failed(context, checked.error());
  const auto guest = guest_wanted(*body);
  if (!guest) co_return failed(context, guest.error());
  std::string token;
  if (*guest) {
    // Else a guest could stay for ever.
    if (caller.kind == PrincipalKind::kGuest) {
      co_return failed(context, {ErrorCode::kForbidden, "a guest cannot invite guests", "/guest"});
    }
    caller = {PrincipalKind::kGuest, runtime::make_id("guest")};
    const auto life = std::chrono::ceil<std::chrono::seconds>(parts->config.session_life);
    auto minted = parts->tokens->mint(caller, life);
    if (!minted) co_return failed(context, minted.error());
    token = std::move(*minted);
  }
  const auto record = co_await parts->sessions->create(context_of(context, caller), std::move(settings));
  if (!record) co_return failed(context, record.error());
  json::object described = describe_record(*record, std::nullopt);
  if (!token.empty()) described["token"] = token;
  co_return net::json_response(201, described);
}

Task<Response> list(SharedParts parts, Principal, Context context, Request request) {
  const auto limit = limit_of(request);
  if (!limit) co_return failed(context, limit.error());
  const auto records = co_await parts->sessions->list(context, *limit);
  if (!records) co_return failed(context, records.error());
  json::array sessions;
  for (const SessionRecord& record : *records) sessions.push_back(describe(*parts, record));
  const auto count = sessions.size();
  co_return net::json_response(200, json::object{{"sessions", std::move(sessions)}, {"count", count}});
}

Task<Response> get(SharedParts parts, Principal, Context context, Request request) {
  const auto record = co_await parts->sessions->find(context, std::string(request.path_param("id")));
  if (!record) co_return failed(context, record.error());
  co_return net::json_response(200, describe(*parts, *record));
}

Task<Response> get_config(SharedParts parts, Principal, Context context, Request request) {
  const auto record = co_await parts->sessions->find(context, std::string(request.path_param("id")));
  if (!record) co_return failed(context, record.error());
  co_return net::json_response(200,
                               describe_settings(record->settings, recording_of(parts->engines, record->id)));
}

Task<Response> configure(SharedParts parts, Principal, Context context, Request request) {
  const std::string id(request.path_param("id"));
  const auto body = body_of(request);
  if (!body) co_return failed(context, body.error());
  conversation::SessionStore::Change change = [body = *body, parts](conversation::SessionSettings& settings) {
    const auto read = read_settings(body, settings);
    return read ? check_settings(settings, parts->engines) : read;
  };
  const auto changed = co_await parts->sessions->configure(context, id, std::move(change));
  if (!changed) co_return failed(context, changed.error());
  const auto consent = consent_in(*body);
  if (consent) parts->live->agree(id, *consent);
  // Nobody is told that it is taken back before it is.
  if (consent == false && parts->engines.recordings) {
    const auto removed = co_await parts->engines.recordings->remove(context, id);
    if (!removed) co_return failed(context, removed.error());
  }
  co_return net::json_response(200, describe(*parts, *changed));
}

Task<Response> remove(SharedParts parts, Principal, Context context, Request request) {
  const std::string id(request.path_param("id"));
  const auto removed = co_await parts->sessions->remove(context, id);
  if (!removed) co_return failed(context, removed.error());
  parts->live->end(id, "the session was deleted");
  co_return net::empty_response();
}

}  // namespace

void add_session_routes(net::Router& router, std::shared_ptr<const Parts> parts) {
  using net::Method;
  const auto limit = std::make_shared<RequestLimit>(parts->config.session_requests, parts->engines.clock);
  for (const std::string prefix : {"", "/api"}) {
    router.add(Method::kPost, prefix + "/session/create", for_caller(parts, limit, create));
    router.add(Method::kGet, prefix + "/session/list", for_caller(parts, limit, list));
    router.add(Method::kGet, prefix + "/session/:id", for_caller(parts, limit, get));
    router.add(Method::kDelete, prefix + "/session/:id", for_caller(parts, limit, remove));
    router.add(Method::kGet, prefix + "/session/:id/config", for_caller(parts, limit, get_config));
    for (const Method method : {Method::kPut, Method::kPatch, Method::kPost}) {
      router.add(method, prefix + "/session/:id/config", for_caller(parts, limit, configure));
    }
  }
}

}  // namespace parley::realtime
