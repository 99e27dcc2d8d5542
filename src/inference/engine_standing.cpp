// SPDX-License-Identifier: Apache-2.0
#include "inference/engine_standing.hpp"

#include <algorithm>
#include <system_error>

namespace parley::inference {

namespace fs = std::filesystem;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

fs::file_time_type stamp_of(const fs::path& folder) {
  std::error_code error;
  auto latest = fs::last_write_time(folder, error);
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    latest = std::max(latest, fs::last_write_time(entry->path(), ignored));
  }
  return latest;
}

Result<> EngineStanding::may_start(const std::string& model, Stamp stamp, runtime::TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(model);
  if (found == entries_.end()) return {};
  const Entry& entry = found->second;
  if (entry.stamp != stamp) {
    entries_.erase(found);
    return {};
  }
  if (entry.deaths >= kMostDeaths) {
    return Error{ErrorCode::kUnsupportedMedia,
                 "the model is set aside until its files change: it ended its engine " +
                     std::to_string(entry.deaths) + " times, the last by " + entry.how,
                 model};
  }
  if (now >= entry.next) return {};
  return Error{ErrorCode::kServiceUnavailable, "the engine ended by " + entry.how + " and starts again soon",
               model, std::chrono::duration_cast<std::chrono::milliseconds>(entry.next - now)};
}

bool EngineStanding::died(const std::string& model, Stamp stamp, std::chrono::steady_clock::duration lived,
                          std::string_view how, runtime::TimePoint now) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[model];
  if (entry.stamp != stamp || lived >= kQuick) entry.deaths = 0;
  entry.stamp = stamp;
  entry.how = how;
  ++entry.deaths;
  entry.next = entry.deaths == 1 ? now : now + kPause;
  return entry.deaths >= kMostDeaths;
}

std::vector<EngineStanding::Trouble> EngineStanding::troubles() const {
  const std::lock_guard lock(mutex_);
  std::vector<Trouble> found;
  for (const auto& [model, entry] : entries_) {
    found.push_back({model, entry.deaths, entry.how, entry.deaths >= kMostDeaths});
  }
  return found;
}

}  // namespace parley::inference
