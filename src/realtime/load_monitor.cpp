// SPDX-License-Identifier: Apache-2.0
#include "realtime/load_monitor.hpp"

#include "runtime/signal.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <sys/resource.h>

namespace parley::realtime {

using conversation::LoadSigns;
using conversation::LoadStage;
using runtime::TimePoint;

namespace {

constexpr std::chrono::milliseconds kBetweenLooks{25};
constexpr int kLooks = 10;  // to a judgement
constexpr double kProcessorSeconds = 5;

// What this process has used of all processors.
double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// The share of all processors that the process has used over the last seconds.
class ProcessorShare {
 public:
  explicit ProcessorShare(TimePoint now) : at_(now) {}

  double update(TimePoint now) {
    const double used = processor_seconds();
    const double seconds = std::chrono::duration<double>(now - at_).count();
    if (seconds <= 0) return share_;
    const double share = (used - used_) / seconds / std::max(1U, std::thread::hardware_concurrency());
    const double weight = std::min(1.0, seconds / kProcessorSeconds);
    share_ += weight * (share - share_);
    used_ = used;
    at_ = now;
    return share_;
  }

 private:
  TimePoint at_;
  double used_ = processor_seconds();
  double share_ = 0;
};

}  // namespace

LoadMonitor::LoadMonitor(std::shared_ptr<conversation::LoadLevel> level, std::shared_ptr<LiveSessions> live,
                         std::function<double()> waiting, runtime::Metrics& metrics,
                         std::shared_ptr<runtime::Log> log, std::function<void()> idle,
                         std::chrono::milliseconds idle_after)
    : level_(std::move(level)),
      live_(std::move(live)),
      waiting_(std::move(waiting)),
      stage_(
          metrics.gauge("parley_load_stage",
                        "What is left out under load: 0 nothing, 1 speculation, 2 interim results, 3 half of "
                        "the voice activity detection, 4 new sessions")),
      log_(std::move(log)),
      idle_(std::move(idle)),
      idle_after_(idle_after) {}

void LoadMonitor::judge(const LoadSigns& signs, TimePoint now) {
  const LoadStage before = governor_.stage();
  const LoadStage stage = governor_.on(signs, now);
  if (stage == before) return;
  level_->set(stage);
  stage_.set(static_cast<double>(stage));
  log_->warn({}, "load_stage",
             {{"stage", name(stage)},
              {"before", name(before)},
              {"lag_ms", signs.lag.count()},
              {"waiting", signs.waiting},
              {"processor", signs.processor}});
}

bool LoadMonitor::has_to_look() const { return !live_->empty() || governor_.stage() != LoadStage::kNormal; }

runtime::Task<bool> LoadMonitor::wait_for_somebody() {
  const runtime::SystemClock clock;
  const TimePoint due = clock.now() + idle_after_;
  bool told = co_await live_->came().wait(due);
  if (told || clock.now() < due) co_return told;
  if (idle_) idle_();
  told = co_await live_->came().wait();
  co_return told;
}

// How late its own timers are is how late everything on these threads is.
runtime::Task<> LoadMonitor::watch(std::shared_ptr<LoadMonitor> self, std::stop_token stop) {
  const runtime::SystemClock clock;
  ProcessorShare processor(clock.now());
  runtime::Signal never;
  for (;;) {
    while (!self->has_to_look()) {
      const bool told = co_await self->wait_for_somebody();
      if (!told || stop.stop_requested()) co_return;
    }
    LoadSigns signs;
    TimePoint now;
    for (int i = 0; i < kLooks; ++i) {
      const TimePoint due = clock.now() + kBetweenLooks;
      const bool told = co_await never.wait(due);
      now = clock.now();
      if (told || now < due || stop.stop_requested()) co_return;
      signs.lag += (now - due) / static_cast<double>(kLooks);
    }
    if (self->waiting_) signs.waiting = self->waiting_();
    signs.processor = processor.update(now);
    self->judge(signs, now);
  }
}

}  // namespace parley::realtime
