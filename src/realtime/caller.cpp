// SPDX-License-Identifier: Apache-2.0
#include "realtime/caller.hpp"

#include <algorithm>
#include <cctype>

namespace parley::realtime {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string_view without_scheme(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  const bool named = authorization.size() >= kScheme.size() &&
                     std::equal(kScheme.begin(), kScheme.end(), authorization.begin(), [](char a, char b) {
                       return a == std::tolower(static_cast<unsigned char>(b));
                     });
  return trimmed(named ? authorization.substr(kScheme.size()) : authorization);
}

}  // namespace

std::optional<std::string_view> token_of(const net::Request& request) {
  if (const auto authorization = request.header("Authorization")) return without_scheme(*authorization);
  if (const auto token = request.query_value("token")) return token;
  for (const std::string_view protocol : request.headers.tokens("Sec-WebSocket-Protocol")) {
    if (protocol.starts_with(kTokenProtocol)) return protocol.substr(kTokenProtocol.size());
  }
  return std::nullopt;
}

bool has_open_speaker(const net::Request& request, bool otherwise) {
  const auto echo = request.query_value("echo");
  if (echo == "open") return true;
  return otherwise && echo != "cancelled" && !request.header("Origin").has_value();
}

runtime::Context context_of(runtime::Context context, const accounts::Principal& principal) {
  context.principal = principal.key();
  return context;
}

std::string_view refusal_name(const runtime::Error& error) {
  if (error.param == accounts::kTokenMissing) return "AUTH_REQUIRED";
  return error.param == accounts::kTokenExpired ? "AUTH_EXPIRED" : "AUTH_INVALID";
}

}  // namespace parley::realtime
