// SPDX-License-Identifier: Apache-2.0
#include "accounts/config.hpp"

#include "accounts/signed_tokens.hpp"

namespace parley::accounts {

void Config::bind(runtime::ConfigSpec& spec) {
  spec.bind("accounts.token_secret", token_secret,
            "key that tokens are signed with, of at least 32 bytes; empty: one is made and kept in the data "
            "directory",
            {.environment = {"JWT_SECRET"}, .secret = true});
  spec.bind("accounts.token_needed", token_needed,
            "refuse sessions to whoever brings no token; else they are the local user");
}

runtime::Result<> Config::validate() const {
  if (!token_secret.empty() && token_secret.size() < kMinKeyBytes) {
    return runtime::Error{runtime::ErrorCode::kBadRequest, "expected at least 32 bytes",
                          "accounts.token_secret"};
  }
  return {};
}

}  // namespace parley::accounts
