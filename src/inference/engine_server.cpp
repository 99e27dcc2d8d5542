// SPDX-License-Identifier: Apache-2.0
#include "inference/engine_server.hpp"

#include <exception>
#include <fstream>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace parley::inference {

namespace {

constexpr int kNoThread = 4;

void settle(int niceness) {
  for (const int left_to_the_other : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(left_to_the_other, SIG_IGN);
  // Should the other side be killed while an engine here holds every thread.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NAME, "parley-engine");
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + niceness);
  std::ofstream("/proc/self/oom_score_adj") << 500;
  const OpenFile nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ::dup2(nothing.number(), STDIN_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

}  // namespace

void serve_engine(int niceness, const std::function<void(EngineChannel&)>& serve) {
  settle(niceness);
  const OpenFile line(kEngineLine);
  for (;;) {
    auto end = take_over(line);
    // Not exit(): other threads may be inside the engine.
    if (!end) ::_exit(0);
    try {
      std::thread([&serve, channel = EngineChannel(std::move(*end))]() mutable { serve(channel); }).detach();
    } catch (const std::system_error&) {
      ::_exit(kNoThread);
    }
  }
}

}  // namespace parley::inference
