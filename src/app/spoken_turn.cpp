// SPDX-License-Identifier: Apache-2.0
#include "app/spoken_turn.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace parley::app {
namespace json = boost::json;

namespace {

struct Stage {
  const char* key;
  const char* mark;
  const char* title;
};

constexpr Stage kStages[] = {{"endpoint", "endpoint", "end of turn decided"},
                             {"asr_final", "asr_final", "words final"},
                             {"retrieval", "retrieval_done", "passages found"},
                             {"llm_first_token", "llm_first_token", "answer begun"},
                             {"tts_first_audio", "tts_first_audio", "voice begun"}};

}  // namespace

json::object turn_timings(const ClientTurn& turn) {
  json::object timings;
  for (const Stage& stage : kStages) {
    if (const auto at = turn.record.mark(stage.mark)) timings[stage.key] = *at;
  }
  if (turn.voice_to_voice_ms) timings["voice_to_voice"] = *turn.voice_to_voice_ms;
  return timings;
}

void print_turn(const std::string& title, const ClientTurn& turn) {
  const conversation::TurnRecord& record = turn.record;
  fmt::print("{}\n  heard    {}\n  answer   {}\n", title, record.transcript, record.answer);
  for (const language::Citation& citation : record.citations) {
    fmt::print("  source   {}{}: \"{}\"\n", citation.document,
               citation.heading.empty() ? "" : ", " + citation.heading, citation.quote);
  }
  constexpr double kScale = 12;  // milliseconds per column
  for (const Stage& stage : kStages) {
    const auto at = record.mark(stage.mark);
    if (!at) continue;
    const auto columns = static_cast<std::size_t>(std::clamp(*at / kScale, 0.0, 80.0));
    fmt::print("  {:<20} {:6.0f} ms {}|\n", stage.title, *at, std::string(columns, ' '));
  }
  if (turn.voice_to_voice_ms) fmt::print("  {:<20} {:6.0f} ms\n", "voice to voice", *turn.voice_to_voice_ms);
}

}  // namespace parley::app
