// SPDX-License-Identifier: Apache-2.0
// What is left out, stage by stage, when there is more to do than can be done in time, so that the
// conversations there are do not suffer. Pure: signs of load and the time go in, a stage comes out.
#pragma once

#include "conversation/hysteresis.hpp"
#include "runtime/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace parley::conversation {

// Each leaves out what those before it do, too.
enum class LoadStage : std::uint8_t {
  kNormal,
  kNoSpeculation,  // no search ahead of the end of a question
  kNoInterim,      // clients are told only final transcripts
  kLongHop,        // voice activity is decided half as often
  kRefusing,       // nobody new is let in
};

std::string_view name(LoadStage stage);

struct LoadSigns {
  std::chrono::duration<double, std::milli> lag{};  // of the I/O threads behind what is due, on average
  double waiting = 0;                               // pieces of work that wait for each thread of the pools
  double processor = 0;                             // share of all processors, over some seconds
};

// One stage up for half a second of signs that ask for it, one down for three seconds in which they are half
// as bad as those that led there: so a hiccup changes nothing, and it does not swing.
class LoadGovernor {
 public:
  // To be called some times a second. The stage from now on.
  LoadStage on(const LoadSigns& signs, runtime::TimePoint now);
  LoadStage stage() const { return stage_; }

 private:
  LoadStage stage_ = LoadStage::kNormal;
  Hysteresis hysteresis_{std::chrono::milliseconds(500), std::chrono::milliseconds(3000)};
};

// The stage of a process. Any thread.
class LoadLevel {
 public:
  LoadStage stage() const { return stage_.load(std::memory_order_relaxed); }
  bool reaches(LoadStage stage) const { return this->stage() >= stage; }
  void set(LoadStage stage) { stage_.store(stage, std::memory_order_relaxed); }

 private:
  std::atomic<LoadStage> stage_ = LoadStage::kNormal;
};

}  // namespace parley::conversation
