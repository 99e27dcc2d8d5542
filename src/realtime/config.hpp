// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conversation/session_store.hpp"
#include "runtime/config.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace parley::realtime {

struct Config {
  std::int64_t max_sessions = 2000;                      // in conversation at once
  std::chrono::milliseconds session_life{3'600'000};     // of a session that nobody comes to
  std::chrono::milliseconds longest_session{7'200'000};  // of one in conversation

  std::int64_t session_requests = 200;  // to /session, of one guest or user in a minute; 0: no limit
  // Of Socket.IO.
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};

  std::chrono::milliseconds resume_window{30'000};  // in which a client that was lost may come back
  std::int64_t resume_bytes = 1024 * 1024;          // of what was sent, kept for it: half a minute at 16 kHz
  std::int64_t resume_total_bytes = 256 * 1024 * 1024;  // for all of them

  // Where Wyoming is spoken, to whoever can reach it; empty: nowhere.
  std::string wyoming = {};

  void bind(runtime::ConfigSpec& spec);
  runtime::Result<> validate() const;

  conversation::SessionLimits session_limits() const;
  // Other machines can speak Wyoming to this one, without authentication.
  bool wyoming_is_exposed() const;
};

}  // namespace parley::realtime
