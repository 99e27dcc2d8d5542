// SPDX-License-Identifier: Apache-2.0
// Ephemeral keys of the OpenAI Realtime protocol: who has one may open sessions with the settings that it was
// made for, on behalf of whom it was made for, until it expires. A page can be given one; it opens nothing
// else.
#pragma once

#include "accounts/signed_tokens.hpp"
#include "runtime/clock.hpp"
#include "runtime/result.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace parley::realtime {

// What their keys begin with.
inline constexpr std::string_view kClientSecretPrefix = "ek_";

// The keys are signed (accounts); their settings are kept here, and gone with the process. Thread-safe.
class ClientSecrets {
 public:
  static constexpr std::size_t kMost = 10'000;                // that have not expired
  static constexpr std::size_t kLongestSession = 256 * 1024;  // bytes of settings
  static constexpr std::size_t kMostBytes = 64U << 20U;       // of all settings

  ClientSecrets(std::shared_ptr<const accounts::SignedTokens> tokens,
                std::shared_ptr<const runtime::Clock> clock)
      : tokens_(std::move(tokens)), clock_(std::move(clock)) {}

  struct Made {
    std::string value;
    runtime::WallTime expires;
  };
  // PAYLOAD_TOO_LARGE for settings past the limit, OVERLOADED when there are too many keys.
  runtime::Result<Made> make(const accounts::Principal& principal, std::string session,
                             std::chrono::seconds life);

  struct Grant {
    accounts::Principal principal;
    std::string session;  // the JSON of a session object
  };
  // UNAUTHORIZED, as token_verifier.hpp says, for a key that admits nobody now.
  runtime::Result<Grant> open(std::string_view value) const;

 private:
  struct Kept {
    std::string session;
    runtime::WallTime expires;
  };
  void forget_expired(runtime::WallTime now);

  const std::shared_ptr<const accounts::SignedTokens> tokens_;
  const std::shared_ptr<const runtime::Clock> clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Kept, std::less<>> kept_;  // by the id in the key
  std::size_t bytes_ = 0;
};

}  // namespace parley::realtime
