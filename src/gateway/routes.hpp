// SPDX-License-Identifier: Apache-2.0
// The groups of routes that module.cpp puts together. Inside gateway only.
#pragma once

#include "gateway/module.hpp"

#include <memory>

namespace parley::gateway {

void add_health_routes(net::Router& router, const std::shared_ptr<const Parts>& parts);
void add_document_routes(net::Router& router, const std::shared_ptr<const Parts>& parts);
void add_question_routes(net::Router& router, const std::shared_ptr<const Parts>& parts);

// The handler that calls a coroutine with the parts; the router holds it, and with it the parts.
template <class Call>
net::Handler with_parts(const std::shared_ptr<const Parts>& parts, Call call) {
  return [parts, call](runtime::Context context, net::Request request) {
    return call(parts, std::move(context), std::move(request));
  };
}

}  // namespace parley::gateway
