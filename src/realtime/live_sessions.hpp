// SPDX-License-Identifier: Apache-2.0
// Which sessions are in conversation, so that one can be ended from elsewhere. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace parley::realtime {

// Close codes of the replaced systems.
inline constexpr std::uint16_t kCloseUnauthorized = 4001;
inline constexpr std::uint16_t kCloseIdle = 4002;
inline constexpr std::uint16_t kCloseSession = 4004;

class LiveSessions {
 public:
  using End = std::function<void(std::uint16_t close_code, std::string reason)>;

  // `end` is called at most once, from any thread, and must not wait.
  void add(const std::string& id, End end) {
    const std::lock_guard lock(mutex_);
    live_[id] = std::move(end);
  }
  void remove(const std::string& id) {
    const std::lock_guard lock(mutex_);
    live_.erase(id);
  }
  // Ends the session if it is in conversation: it will be in a moment.
  bool end(const std::string& id, std::string reason, std::uint16_t close_code = kCloseSession) {
    End end;
    {
      const std::lock_guard lock(mutex_);
      const auto found = live_.find(id);
      if (found == live_.end()) return false;
      end = std::move(found->second);
      live_.erase(found);
    }
    end(close_code, std::move(reason));
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, End> live_;
};

}  // namespace parley::realtime
