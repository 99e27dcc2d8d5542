// SPDX-License-Identifier: Apache-2.0
#include "conversation/trace.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// A trace from anywhere: a report, or an error with a message; the engine takes whatever it holds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::conversation;
  // Behind a head that is in order, so that the lines are reached.
  const std::string trace = TraceWriter().begin({}) + std::string(reinterpret_cast<const char*>(data), size);
  for (const std::string_view text :
       {std::string_view(trace), std::string_view(trace).substr(trace.size() - size)}) {
    const auto replayed = replay(text, 10'000);
    if (!replayed && replayed.error().message.empty()) std::abort();
    if (replayed && replayed->shown.size() > Replayed::kMostShown) std::abort();
    if (replayed && replayed->shown.size() > replayed->differences) std::abort();
  }
  return 0;
}
