// SPDX-License-Identifier: Apache-2.0
// Who makes a request, by the token that it brings.
#pragma once

#include "accounts/authenticator.hpp"
#include "net/http.hpp"

#include <optional>
#include <string_view>

namespace parley::realtime {

// The subprotocol that carries a token, for clients that cannot set headers: "token." and the token.
inline constexpr std::string_view kTokenProtocol = "token.";

// From `Authorization` (with or without "Bearer"), the query's `token`, or the subprotocol, in this order.
std::optional<std::string_view> token_of(const net::Request& request);

// Whether the client plays answers where its microphone hears them. It says so by `echo=open` in the query,
// or that it takes their echo out itself by `echo=cancelled`; browsers, which send an Origin, do.
bool has_open_speaker(const net::Request& request, bool otherwise);

// The context of a principal's own: what it does is theirs.
runtime::Context context_of(runtime::Context context, const accounts::Principal& principal);

// The name that clients of the conversational clone know a refused token by: AUTH_REQUIRED, AUTH_EXPIRED or
// AUTH_INVALID.
std::string_view refusal_name(const runtime::Error& error);

}  // namespace parley::realtime
