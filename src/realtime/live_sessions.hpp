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
  using End = std::function<void(std::string reason)>;

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
  bool end(const std::string& id, std::string reason) {
    End end;
    {
      const std::lock_guard lock(mutex_);
      const auto found = live_.find(id);
      if (found == live_.end()) return false;
      end = std::move(found->second);
      live_.erase(found);
    }
    end(std::move(reason));
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, End> live_;
};

}  // namespace parley::realtime
