// SPDX-License-Identifier: Apache-2.0
// How tokens are set up from configuration.
#pragma once

#include "accounts/config.hpp"
#include "accounts/signed_tokens.hpp"

#include <filesystem>
#include <memory>

namespace parley::accounts {

// The tokens of `config.token_secret`, else of the key in `data_dir`/accounts/token.key, which is made (mode
// 0600) when it is not there; several processes may do so at once. SERVICE_UNAVAILABLE when it can be neither
// read nor made.
runtime::Result<std::shared_ptr<SignedTokens>> open_tokens(const Config& config,
                                                           const std::filesystem::path& data_dir,
                                                           std::shared_ptr<const runtime::Clock> clock);

}  // namespace parley::accounts
