// SPDX-License-Identifier: Apache-2.0
// The port that turns a token into the principal it stands for.
#pragma once

#include "accounts/types.hpp"
#include "runtime/clock.hpp"
#include "runtime/result.hpp"

#include <string_view>

namespace parley::accounts {

// What `param` of an UNAUTHORIZED says, so that a protocol with names of its own for them can tell them
// apart: no token came, or it was good once. Anything else names what is wrong with it.
inline constexpr std::string_view kTokenMissing = "token";
inline constexpr std::string_view kTokenExpired = "exp";

struct Credential {
  Principal principal;
  runtime::WallTime expires;
};

class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;

  // UNAUTHORIZED for anything but a token that admits somebody now. Any thread; never blocks.
  virtual runtime::Result<Credential> verify(std::string_view token) const = 0;
};

}  // namespace parley::accounts
