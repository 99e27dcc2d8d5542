// SPDX-License-Identifier: Apache-2.0
#include "realtime/config.hpp"

#include "net/listen_address.hpp"

namespace parley::realtime {

using runtime::Error;
using runtime::ErrorCode;

// No session takes longer to end once it has lasted its time.
constexpr std::chrono::minutes kWindingUp{2};

void Config::bind(runtime::ConfigSpec& spec) {
  spec.bind("realtime.max_sessions", max_sessions,
            "sessions in conversation at once; one more is refused with OVERLOADED");
  spec.bind("realtime.session_life_ms", session_life, "how long a session waits for its client to come");
  spec.bind(
      "realtime.longest_session_ms", longest_session,
      "after which a conversation ends; it is announced before (conversation.end_warning_ms), and a turn "
      "under way is finished");
  spec.bind(
      "realtime.session_requests_per_minute", session_requests,
      "requests to /session that a guest or user may make in a minute; 0 is no limit, nor has the local "
      "user one");
  spec.bind("realtime.ping_interval_ms", ping_interval, "between pings to clients of Socket.IO");
  spec.bind("realtime.ping_timeout_ms", ping_timeout, "how long an answer to such a ping may take");
  spec.bind("realtime.resume_window_ms", resume_window,
            "how long a conversation waits for a client that was lost and can come back; 0: not at all");
  spec.bind("realtime.resume_bytes", resume_bytes,
            "the newest of what was sent to a client that can come back, kept to be sent again");
  spec.bind("realtime.resume_total_bytes", resume_total_bytes, "kept so for all clients together");
  spec.bind(
      "realtime.wyoming", wyoming,
      "where to listen for Home Assistant (Wyoming), such as 127.0.0.1:10300; empty: nowhere. It knows no "
      "authentication: whoever reaches the address is the local user");
}

runtime::Result<> Config::validate() const {
  if (max_sessions < 1 || max_sessions > 100'000) {
    return Error{ErrorCode::kBadRequest, "expected 1 to 100000", "realtime.max_sessions"};
  }
  if (session_life.count() < 1000) {
    return Error{ErrorCode::kBadRequest, "expected at least 1000", "realtime.session_life_ms"};
  }
  if (longest_session.count() < 1000) {
    return Error{ErrorCode::kBadRequest, "expected at least 1000", "realtime.longest_session_ms"};
  }
  if (session_requests < 0) {
    return Error{ErrorCode::kBadRequest, "expected 0 or more", "realtime.session_requests_per_minute"};
  }
  if (ping_interval.count() < 100) {
    return Error{ErrorCode::kBadRequest, "expected at least 100", "realtime.ping_interval_ms"};
  }
  if (ping_timeout.count() < 100) {
    return Error{ErrorCode::kBadRequest, "expected at least 100", "realtime.ping_timeout_ms"};
  }
  if (resume_window.count() < 0 || resume_window.count() > 600'000) {
    return Error{ErrorCode::kBadRequest, "expected 0 to 600000", "realtime.resume_window_ms"};
  }
  if (resume_bytes < 0 || resume_bytes > 64 * 1024 * 1024) {
    return Error{ErrorCode::kBadRequest, "expected 0 to 64 MiB", "realtime.resume_bytes"};
  }
  if (resume_total_bytes < 0) {
    return Error{ErrorCode::kBadRequest, "expected 0 or more", "realtime.resume_total_bytes"};
  }
  if (wyoming.empty()) return {};
  const auto address = net::parse_endpoint(wyoming, "realtime.wyoming");
  if (!address) return address.error();
  return {};
}

bool Config::wyoming_is_exposed() const {
  const auto address = net::parse_endpoint(wyoming, "realtime.wyoming");
  return address && !address->address().is_loopback();
}

conversation::SessionLimits Config::session_limits() const {
  conversation::SessionLimits limits;
  limits.active = static_cast<std::size_t>(max_sessions);
  limits.of_one = 2 * limits.active;
  limits.life = session_life;
  limits.longest = longest_session + kWindingUp;
  return limits;
}

}  // namespace parley::realtime
