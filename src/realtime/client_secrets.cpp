// SPDX-License-Identifier: Apache-2.0
#include "realtime/client_secrets.hpp"

#include "runtime/ids.hpp"

#include <utility>

namespace parley::realtime {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<ClientSecrets::Made> ClientSecrets::make(const accounts::Principal& principal, std::string session,
                                                std::chrono::seconds life) {
  if (session.size() > kLongestSession) {
    return Error{ErrorCode::kPayloadTooLarge, "expected at most 256 KiB", "session"};
  }
  const std::string id = runtime::make_id("cs");
  const auto token = tokens_->mint_secret(principal, id, life);
  if (!token) return token.error();
  const auto now = clock_->wall_now();
  const auto expires = std::chrono::floor<std::chrono::seconds>(now) + life;
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kMost || bytes_ + session.size() > kMostBytes) forget_expired(now);
  if (kept_.size() >= kMost || bytes_ + session.size() > kMostBytes) {
    return Error{ErrorCode::kOverloaded, "too many client secrets are in use", {}, std::chrono::minutes(1)};
  }
  bytes_ += session.size();
  kept_.emplace(id, Kept{std::move(session), expires});
  return Made{std::string(kClientSecretPrefix) + *token, expires};
}

Result<ClientSecrets::Grant> ClientSecrets::open(std::string_view value) const {
  value.remove_prefix(value.starts_with(kClientSecretPrefix) ? kClientSecretPrefix.size() : 0);
  const auto secret = tokens_->verify_secret(value);
  if (!secret) return secret.error();
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(secret->id);
  if (found == kept_.end()) {
    return Error{ErrorCode::kUnauthorized, "this server no longer knows the key",
                 std::string(accounts::kTokenExpired)};
  }
  return Grant{secret->principal, found->second.session};
}

void ClientSecrets::forget_expired(runtime::WallTime now) {
  std::erase_if(kept_, [&](const auto& each) {
    if (each.second.expires > now) return false;
    bytes_ -= each.second.session.size();
    return true;
  });
}

}  // namespace parley::realtime
