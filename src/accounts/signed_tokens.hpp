// SPDX-License-Identifier: Apache-2.0
// Tokens signed with one key: JSON Web Tokens (RFC 7519) in compact form with HMAC-SHA256 (RFC 7518, 3.2),
// read by the rules of RFC 8725.
#pragma once

#include "accounts/token_verifier.hpp"
#include "runtime/clock.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace parley::accounts {

// RFC 7518, 3.2: a key at least as long as the hash.
inline constexpr std::size_t kMinKeyBytes = 32;
inline constexpr std::size_t kMaxTokenBytes = 4096;

// The key knows its one algorithm: a header that names another, or none, is refused before the signature is
// looked at. Claims: `sub` (1 to 128 of A-Z a-z 0-9 . _ : @ -), `type` ("access" of a user, "guest"; others
// are of another kind and refused) and `exp` are needed; `nbf` and `aud` hold when they are there.
class SignedTokens final : public TokenVerifier {
 public:
  // BAD_REQUEST when the key is shorter than kMinKeyBytes.
  static runtime::Result<std::shared_ptr<SignedTokens>> create(std::string key,
                                                               std::shared_ptr<const runtime::Clock> clock);

  runtime::Result<Credential> verify(std::string_view token) const override;

  // A token for a guest or a user. BAD_REQUEST for the local user, who has none, for an id that verify()
  // would refuse, and for a life that is not 1 s to 365 days.
  runtime::Result<std::string> mint(const Principal& principal, std::chrono::seconds life) const;

  // A secret that stands for one purpose of `principal`, which may be the local user, and which its maker
  // knows by `id` (as of a principal). It is of another kind: verify() refuses it, verify_secret() refuses
  // all others.
  struct Secret {
    Principal principal;
    std::string id;
  };
  runtime::Result<std::string> mint_secret(const Principal& principal, const std::string& id,
                                           std::chrono::seconds life) const;
  runtime::Result<Secret> verify_secret(std::string_view token) const;

 private:
  SignedTokens(std::string key, std::shared_ptr<const runtime::Clock> clock);
  std::string sign(std::string_view text) const;
  std::string write(const boost::json::object& claims) const;
  // The claims of a token that was signed here.
  runtime::Result<boost::json::object> read(std::string_view token) const;

  const std::string key_;
  const std::shared_ptr<const runtime::Clock> clock_;
};

}  // namespace parley::accounts
