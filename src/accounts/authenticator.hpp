// SPDX-License-Identifier: Apache-2.0
// Who is asking: the local user, or whom their token names.
#pragma once

#include "accounts/token_verifier.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace parley::accounts {

class Authenticator {
 public:
  // `token_needed`: whoever brings none is refused. Else they are the local user: a server without accounts
  // is reached from this machine only (net/origin_policy.hpp).
  Authenticator(std::shared_ptr<const TokenVerifier> tokens, bool token_needed)
      : tokens_(std::move(tokens)), token_needed_(token_needed) {}

  bool token_needed() const { return token_needed_; }

  // UNAUTHORIZED when the token admits nobody, with a param as token_verifier.hpp says. A bad token is
  // refused even where none is needed.
  runtime::Result<Principal> admit(std::optional<std::string_view> token) const {
    if (!token && !token_needed_) return Principal{};
    const auto credential = tokens_->verify(token.value_or(std::string_view()));
    if (!credential) return credential.error();
    return credential->principal;
  }

 private:
  std::shared_ptr<const TokenVerifier> tokens_;
  bool token_needed_;
};

}  // namespace parley::accounts
