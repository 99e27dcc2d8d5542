// SPDX-License-Identifier: Apache-2.0
// What went into a turn engine and what came out, as lines of JSON: times and kinds of events, none of what
// was said. A trace is replayed through an engine of today, bit for bit.
//
//   {"parley_trace":1,"config":{...}}
//   {"audio":[160,16000,160]}                      audio advanced from, to, in steps of; nothing came of it
//   {"on":{"is":"speech_started","at":16320},"do":[{"is":"change_state","from":"Idle","to":"Listening"},...]}
//   {"turn":{"id":"turn_1","marks_ms":{"endpoint":412.5}}}      for the reader; not replayed
//   {"config":{...}}
//   {"end":"closed"}
#pragma once

#include "conversation/turn_engine.hpp"
#include "runtime/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::conversation {

// Gives the lines of a trace, each with its end; several or none at a time.
class TraceWriter {
 public:
  std::string begin(const TurnConfig& config) const;
  std::string event(const TurnEvent& event, const std::vector<TurnAction>& actions);
  std::string configured(const TurnConfig& config);
  std::string turn(const std::string& id, const std::vector<std::pair<std::string, double>>& marks);
  // Nothing follows.
  std::string end(std::string_view why);

 private:
  struct Run {
    SampleIndex first, last, step;
  };
  std::string finish_run();

  std::optional<Run> run_;
};

struct Replayed {
  std::size_t events = 0;
  std::size_t differences = 0;
  std::vector<std::string> shown;   // of them, as sentences; at most kMostShown
  std::optional<std::string> flaw;  // why the trace does not go on to its end, and where; what is before it
                                    // was replayed
  static constexpr std::size_t kMostShown = 20;
};

// Nobody's session has more.
inline constexpr std::size_t kMostTraceEvents = 20'000'000;

// BAD_REQUEST when it is no trace at all, or one of a format to come.
runtime::Result<Replayed> replay(std::string_view trace, std::size_t most_events = kMostTraceEvents);

}  // namespace parley::conversation
