// SPDX-License-Identifier: Apache-2.0
// An engine that does what it is told, to see what becomes of the process that uses it.
#include "inference/engine_server.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

std::string open_files() {
  std::string found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (!gone) found += entry.path().filename().string() + " " + target + "\n";
  }
  return found;
}

std::string obey(std::string_view order) {
  if (order == "abort") std::abort();
  if (order == "exit") std::quick_exit(7);
  if (order == "fault") ::raise(SIGSEGV);
  if (order == "silence") ::pause();
  if (order == "files") return open_files();
  if (order == "number") return std::to_string(::getpid());
  if (order == "niceness") return std::to_string(::getpriority(PRIO_PROCESS, 0));
  std::string echo(order);
  std::reverse(echo.begin(), echo.end());
  return echo;
}

}  // namespace

int main(int /*count*/, char** arguments) {
  using parley::inference::EngineChannel;
  ::signal(SIGABRT, SIG_DFL);
  ::signal(SIGSEGV, SIG_DFL);
  if (std::string_view(arguments[1]) == "stillborn") return 9;
  parley::inference::serve_engine(std::atoi(arguments[2]), [](EngineChannel& channel) {
    for (;;) {
      const auto order = channel.receive(EngineChannel::kForEver);
      if (!order || *order == "hang up") return;
      if (!channel.send(obey(*order), EngineChannel::kForEver)) return;
    }
  });
}
