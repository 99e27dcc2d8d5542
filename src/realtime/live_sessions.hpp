// SPDX-License-Identifier: Apache-2.0
// Which sessions are in conversation, so that one can be ended, or gone on with, from elsewhere. Thread-safe.
#pragma once

#include "conversation/network_governor.hpp"
#include "runtime/signal.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace parley::realtime {

class Line;

// Close codes: of the replaced systems, and Parley's own.
inline constexpr std::uint16_t kCloseUnauthorized = 4001;
inline constexpr std::uint16_t kCloseIdle = 4002;
inline constexpr std::uint16_t kCloseSession = 4004;
inline constexpr std::uint16_t kCloseReplaced = 4009;  // another connection goes on with the conversation

class LiveSessions {
 public:
  // How one is reached. What is called may be called from any thread, and must not wait.
  struct Reach {
    std::function<void(std::uint16_t close_code, std::string reason)> end;  // at most once
    std::function<void(bool consent)> agree = {};  // its owner agrees to be recorded, or no more
    std::weak_ptr<Line> line = {};                 // for a client that comes back
  };

  void add(const std::string& id, Reach reach) {
    {
      const std::lock_guard lock(mutex_);
      live_[id] = {std::move(reach)};
    }
    came_.notify();
  }
  void remove(const std::string& id) {
    const std::lock_guard lock(mutex_);
    live_.erase(id);
  }
  // What the network to its client is like; nothing when the session is not in conversation.
  void set_network(const std::string& id, conversation::NetworkTier tier) {
    const std::lock_guard lock(mutex_);
    const auto found = live_.find(id);
    if (found != live_.end()) found->second.network = tier;
  }
  std::optional<conversation::NetworkTier> network(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = live_.find(id);
    return found == live_.end() ? std::nullopt : std::optional(found->second.network);
  }
  bool empty() const {
    const std::lock_guard lock(mutex_);
    return live_.empty();
  }
  // Notified when one is added; for one waiter.
  runtime::Signal& came() { return came_; }
  // Null when the session is not in conversation, or its client cannot come back so.
  std::shared_ptr<Line> line(const std::string& id) {
    const std::lock_guard lock(mutex_);
    const auto found = live_.find(id);
    return found == live_.end() ? nullptr : found->second.reach.line.lock();
  }
  // Says whether its owner agrees to be recorded to a session in conversation, which does so in a moment.
  void agree(const std::string& id, bool consent) {
    std::function<void(bool)> agree;
    {
      const std::lock_guard lock(mutex_);
      const auto found = live_.find(id);
      if (found != live_.end()) agree = found->second.reach.agree;
    }
    if (agree) agree(consent);
  }
  // Ends the session if it is in conversation: it will be in a moment.
  bool end(const std::string& id, std::string reason, std::uint16_t close_code = kCloseSession) {
    Reach reach;
    {
      const std::lock_guard lock(mutex_);
      const auto found = live_.find(id);
      if (found == live_.end()) return false;
      reach = std::move(found->second.reach);
      live_.erase(found);
    }
    reach.end(close_code, std::move(reason));
    return true;
  }

 private:
  struct Live {
    Reach reach;
    conversation::NetworkTier network = conversation::NetworkTier::kGood;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Live> live_;
  runtime::Signal came_;
};

}  // namespace parley::realtime
