// SPDX-License-Identifier: Apache-2.0
// What all protocols of a process share.
#pragma once

#include "accounts/authenticator.hpp"
#include "accounts/signed_tokens.hpp"
#include "conversation/session.hpp"
#include "conversation/session_store.hpp"
#include "realtime/client_secrets.hpp"
#include "realtime/config.hpp"
#include "realtime/live_sessions.hpp"
#include "realtime/replay_buffer.hpp"
#include "runtime/metrics.hpp"
#include "runtime/task.hpp"

#include <functional>
#include <memory>

namespace parley::realtime {

// All of it outlives the server that the routes are given to.
struct Parts {
  conversation::SessionParts engines;
  runtime::Metrics& metrics;
  std::shared_ptr<const accounts::SignedTokens> tokens;
  accounts::Authenticator authenticator;
  std::shared_ptr<conversation::SessionStore> sessions;
  Config config;
  std::function<runtime::Executor()> strand;  // makes one
  std::function<double()> waiting = {};       // work for each thread of the pools (LoadMonitor)
  std::function<void()> idle = {};            // called when nobody has been in conversation for a while
  std::shared_ptr<conversation::LoadLevel> load = std::make_shared<conversation::LoadLevel>();
  std::shared_ptr<LiveSessions> live = std::make_shared<LiveSessions>();
  std::shared_ptr<ReplayBudget> replay_budget =
      std::make_shared<ReplayBudget>(static_cast<std::size_t>(config.resume_total_bytes));
  std::shared_ptr<ClientSecrets> secrets = std::make_shared<ClientSecrets>(tokens, engines.clock);
};

}  // namespace parley::realtime
