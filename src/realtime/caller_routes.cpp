// SPDX-License-Identifier: Apache-2.0
#include "realtime/caller_routes.hpp"

#include "realtime/caller.hpp"

#include <utility>

namespace parley::realtime {

using net::Request;
using net::Response;
using runtime::Context;
using runtime::Error;
using runtime::Result;
using runtime::Task;

namespace {

Task<Response> refuse(Context context, Error error) { co_return net::error_response(context, error); }

}  // namespace

net::Handler for_caller(std::shared_ptr<const Parts> parts, std::shared_ptr<RequestLimit> limit,
                        CallerCall call) {
  return [parts = std::move(parts), limit = std::move(limit), call](Context context, Request request) {
    const auto caller = parts->authenticator.admit(token_of(request));
    if (!caller) return refuse(std::move(context), caller.error());
    const bool local = caller->kind == accounts::PrincipalKind::kLocal;
    const auto counted = local ? Result<>() : limit->count(caller->key());
    if (!counted) return refuse(std::move(context), counted.error());
    return call(parts, *caller, context_of(std::move(context), *caller), std::move(request));
  };
}

}  // namespace parley::realtime
