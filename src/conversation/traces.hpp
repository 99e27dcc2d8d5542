// SPDX-License-Identifier: Apache-2.0
// The traces of sessions, one file each in a folder of their own.
#pragma once

#include "conversation/trace.hpp"
#include "runtime/clock.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace parley::conversation {

struct TraceLimits {
  std::size_t bytes = 16U << 20U;  // of one trace: what comes then is left out
  std::size_t files = 100;         // in the folder: the oldest make room
};

// The trace of one session. Calls never wait: lines are gathered, and written behind the conversation. When
// the disk does not take them, or not fast enough, the trace breaks off and a warning goes to the log. One
// thread at a time.
class Trace {
 public:
  class File;
  Trace(std::shared_ptr<File> file, std::size_t most_bytes, const TurnConfig& config);
  ~Trace();  // ends it
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  void event(const TurnEvent& event, const std::vector<TurnAction>& actions);
  void configured(const TurnConfig& config);
  void turn(const std::string& id, const std::vector<std::pair<std::string, double>>& marks);

 private:
  void put(std::string lines);

  std::shared_ptr<File> file_;  // null: nothing more is written
  std::size_t left_;
  TraceWriter writer_;
};

// Outlives no pool that it is given. Thread-safe.
class Traces {
 public:
  Traces(std::filesystem::path folder, TraceLimits limits, runtime::ComputePool& pool,
         std::shared_ptr<const runtime::Clock> clock, std::shared_ptr<runtime::Log> log);

  // In a new file; its name goes to the log with the context. The folder is made when there is none, for its
  // owner alone.
  std::unique_ptr<Trace> begin(const runtime::Context& context, const TurnConfig& config);

 private:
  const std::filesystem::path folder_;
  const TraceLimits limits_;
  runtime::ComputePool& pool_;
  const std::shared_ptr<const runtime::Clock> clock_;
  const std::shared_ptr<runtime::Log> log_;
};

}  // namespace parley::conversation
