// SPDX-License-Identifier: Apache-2.0
#include "inference/engine_host.hpp"

#include "inference/engine_server.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 forgot that C++ has other names.
extern "C" {
#include <sys/pidfd.h>
}

namespace parley::inference {

namespace fs = std::filesystem;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using std::chrono::milliseconds;

namespace {

constexpr auto kEndsWithin = std::chrono::seconds(2);

Error gone() { return {ErrorCode::kServiceUnavailable, "the engine has ended"}; }

// What is known of a process, by the thread that keeps it and by those that use it.
struct Child {
  Child(std::string name, EngineStanding::Stamp files, OpenFile end, runtime::TimePoint now)
      : model(std::move(name)), stamp(files), line(std::move(end)), started(now) {}

  void end() const { ::pidfd_send_signal(handle.number(), SIGKILL, nullptr, 0); }

  const std::string model;
  const EngineStanding::Stamp stamp;
  const OpenFile line;
  const runtime::TimePoint started;
  OpenFile handle;  // pidfd_open(2): means this process for ever, also when its number is another's

  std::atomic<bool> alive{true};
  std::atomic<bool> wanted{true};  // false: nobody holds it any more
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::string why;                 // it was given up
  std::optional<std::string> how;  // it ended
};

class Handle final : public EngineProcess {
 public:
  explicit Handle(std::shared_ptr<Child> child) : child_(std::move(child)) {}
  ~Handle() override {
    child_->wanted = false;
    child_->end();
  }

  bool alive() const override { return child_->alive; }

  Result<EngineConnection> connect() override {
    if (!alive()) return gone();
    auto ends = connected_ends();
    if (!ends) return ends.error();
    const auto handed = hand_over(child_->line, ends->second);
    if (!handed) {
      if (handed.error().code != ErrorCode::kOverloaded) give_up({});
      return handed.error();
    }
    return EngineConnection(shared_from_this(), EngineChannel(std::move(ends->first)));
  }

  void give_up(std::string_view why) override {
    {
      const std::lock_guard lock(child_->mutex);
      if (child_->why.empty()) child_->why = why;
    }
    child_->alive = false;
    child_->end();
  }

  std::string how_it_ended() const override {
    std::unique_lock lock(child_->mutex);
    child_->changed.wait_for(lock, kEndsWithin, [&] { return child_->how.has_value(); });
    return child_->how.value_or("for no reason that is known");
  }

 private:
  const std::shared_ptr<Child> child_;
};

std::string how_of(const siginfo_t& ended) {
  if (ended.si_code == CLD_EXITED) return "exit status " + std::to_string(ended.si_status);
  const char* name = ::sigabbrev_np(ended.si_status);
  return name == nullptr ? "signal " + std::to_string(ended.si_status) : std::string("signal SIG") + name;
}

// Only what the engine is to have is open in it: its line, and where errors are written.
Result<pid_t> spawn(const std::string& program, const std::vector<std::string>& words, const OpenFile& line) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, line.number(), kEngineLine);
  ::posix_spawn_file_actions_addclosefrom_np(&files, kEngineLine + 1);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&attributes, &signals);
  ::sigfillset(&signals);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, program.c_str(), &files, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  if (failed == 0) return pid;
  return Error{ErrorCode::kInternalError,
               std::string("no process can be started for the engine: ") + ::strerrordesc_np(failed)};
}

}  // namespace

// One thread starts all processes, so that they inherit its priority and not that of who asked, and are told
// of its end and not of that of some thread of a pool; and it takes note when they end.
class EngineHost::Keeper {
 public:
  Keeper(EngineHostOptions options, std::shared_ptr<const runtime::Clock> clock,
         std::shared_ptr<runtime::Log> log, runtime::Metrics* metrics)
      : options_(std::move(options)),
        clock_(std::move(clock)),
        log_(std::move(log)),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (metrics != nullptr) {
      starts_ = metrics->counter("parley_neural_engine_starts_total", "Processes of neural engines started");
      deaths_ = metrics->counter("parley_neural_engine_deaths_total",
                                 "Processes of neural engines that ended while they were wanted");
    }
    thread_ = std::thread([this] { keep(); });
  }

  ~Keeper() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
  }

  Result<std::shared_ptr<EngineProcess>> start(const std::string& model, const fs::path& folder,
                                               int niceness) {
    const auto stamp = stamp_of(folder);
    const auto may = standing_.may_start(model, stamp, clock_->now());
    if (!may) return may.error();
    auto ends = connected_ends();
    if (!ends) return ends.error();
    Start start{std::make_shared<Child>(model, stamp, std::move(ends->first), clock_->now()),
                std::move(ends->second),
                niceness,
                {}};
    auto started = start.done.get_future();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return gone();
      starting_.push_back(std::move(start));
    }
    wake();
    return started.get();
  }

  const EngineStanding& standing() const { return standing_; }

 private:
  struct Start {
    std::shared_ptr<Child> child;
    OpenFile line;  // its end
    int niceness;
    std::promise<Result<std::shared_ptr<EngineProcess>>> done;
  };

  void wake() const {
    const std::uint64_t one = 1;
    static_cast<void>(::write(wake_.number(), &one, sizeof one));
  }

  void keep() {
    for (;;) {
      std::vector<pollfd> events{{wake_.number(), POLLIN, 0}};
      for (const auto& child : children_) events.push_back({child->handle.number(), POLLIN, 0});
      if (::poll(events.data(), events.size(), -1) < 0) continue;
      std::uint64_t times = 0;
      static_cast<void>(::read(wake_.number(), &times, sizeof times));
      std::erase_if(children_, [&](const auto& child) { return bury(*child, WNOHANG); });
      std::vector<Start> starting;
      bool stopping = false;
      {
        const std::lock_guard lock(mutex_);
        starting.swap(starting_);
        stopping = stopping_;
      }
      for (Start& start : starting) start.done.set_value(stopping ? gone() : begin(start));
      if (stopping) break;
    }
    for (const auto& child : children_) {
      child->wanted = false;
      child->end();
      bury(*child, 0);
    }
  }

  Result<std::shared_ptr<EngineProcess>> begin(Start& start) {
    std::vector<std::string> words{"parley"};
    words.insert(words.end(), options_.arguments.begin(), options_.arguments.end());
    words.push_back(start.child->model);
    words.push_back(std::to_string(start.niceness));
    const auto pid = spawn(options_.program, words, start.line);
    if (!pid) return pid.error();
    start.child->handle = OpenFile(::pidfd_open(*pid, 0));
    if (start.child->handle.number() < 0) {
      ::kill(*pid, SIGKILL);
      ::waitpid(*pid, nullptr, 0);
      return Error{ErrorCode::kInternalError, "this system cannot keep processes for engines"};
    }
    if (starts_) starts_->add();
    children_.push_back(start.child);
    return std::shared_ptr<EngineProcess>(std::make_shared<Handle>(start.child));
  }

  // Whether the process has ended; notes how.
  bool bury(Child& child, int options) {
    siginfo_t ended{};
    if (::waitid(P_PIDFD, static_cast<id_t>(child.handle.number()), &ended, WEXITED | options) != 0) {
      if (errno == EINTR) return false;
    } else if (ended.si_pid == 0) {
      return false;
    }
    child.alive = false;
    std::string how;
    {
      const std::lock_guard lock(child.mutex);
      how = child.why.empty() ? how_of(ended) : child.why;
      if (child.wanted) mourn(child, how);
      child.how = how;
    }
    child.changed.notify_all();
    return true;
  }

  void mourn(const Child& child, const std::string& how) {
    if (deaths_) deaths_->add();
    const auto lived = clock_->now() - child.started;
    const bool aside = standing_.died(child.model, child.stamp, lived, how, clock_->now());
    log_->warn({}, "neural_engine_ended",
               {{"model", child.model},
                {"how", how},
                {"lived_ms", std::chrono::duration_cast<milliseconds>(lived).count()}});
    if (aside) {
      log_->error({}, "neural_model_set_aside",
                  {{"model", child.model},
                   {"how", how},
                   {"deaths", EngineStanding::kMostDeaths},
                   {"until", "its files change, or the next start"}});
    }
  }

  const EngineHostOptions options_;
  const std::shared_ptr<const runtime::Clock> clock_;
  const std::shared_ptr<runtime::Log> log_;
  std::optional<runtime::Counter> starts_;
  std::optional<runtime::Counter> deaths_;
  EngineStanding standing_;
  const OpenFile wake_;
  std::vector<std::shared_ptr<Child>> children_;  // the thread's own

  std::mutex mutex_;
  std::vector<Start> starting_;
  bool stopping_ = false;
  std::thread thread_;
};

Result<std::string> EngineConnection::ask(std::string_view message, milliseconds patience) const {
  const auto sent = channel_.send(message, patience);
  auto answer = sent ? channel_.receive(patience) : sent.error();
  if (answer) return answer;
  process_->give_up(answer.error().code == ErrorCode::kTimeout ? "no answer in time" : "");
  return gone();
}

EngineHost::EngineHost(EngineHostOptions options, std::shared_ptr<const runtime::Clock> clock,
                       std::shared_ptr<runtime::Log> log, runtime::Metrics* metrics)
    : keeper_(std::make_unique<Keeper>(std::move(options), std::move(clock), std::move(log), metrics)) {}

EngineHost::~EngineHost() = default;

Result<std::shared_ptr<EngineProcess>> EngineHost::start(const std::string& model, const fs::path& folder,
                                                         int niceness) {
  return keeper_->start(model, folder, niceness);
}

std::vector<EngineStanding::Trouble> EngineHost::troubles() const { return keeper_->standing().troubles(); }

}  // namespace parley::inference
