// SPDX-License-Identifier: Apache-2.0
// Which sessions are in conversation, so that one can be ended from elsewhere. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace parley::realtime {

class LiveSessions {
 public:
  // `end` is called at most once, from any thread, and must not wait.
  void add(const std::string& id, std::function<void()> end) {
    const std::lock_guard lock(mutex_);
    live_[id] = std::move(end);
  }
  void remove(const std::string& id) {
    const std::lock_guard lock(mutex_);
    live_.erase(id);
  }
  // Ends the session if it is in conversation.
  void end(const std::string& id) {
    std::function<void()> end;
    {
      const std::lock_guard lock(mutex_);
      const auto found = live_.find(id);
      if (found == live_.end()) return;
      end = std::move(found->second);
      live_.erase(found);
    }
    end();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::function<void()>> live_;
};

}  // namespace parley::realtime
