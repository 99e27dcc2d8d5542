// SPDX-License-Identifier: Apache-2.0
#include "realtime/metrics.hpp"

#include "conversation/network_governor.hpp"

#include <array>
#include <optional>
#include <utility>
#include <variant>

namespace parley::realtime {

using conversation::NetworkTier;

namespace {

constexpr std::array kStages{
    "endpoint",         "asr_final", "retrieval_done", "llm_first_token", "tts_first_audio",
    "first_audio_sent", "done"};

runtime::Gauge network_gauge(runtime::Metrics& metrics, NetworkTier tier) {
  return metrics.gauge("parley_network_sessions",
                       "Realtime sessions by what the network to their client is like",
                       {{"tier", std::string(name(tier))}});
}

}  // namespace

RealtimeMetrics::RealtimeMetrics(runtime::Metrics& metrics)
    : sessions(metrics.gauge("parley_realtime_sessions", "Realtime sessions that are open")),
      events(metrics.counter("parley_realtime_client_events_total", "Events received from realtime clients")),
      errors(metrics.counter("parley_realtime_errors_total", "Errors sent to realtime clients")),
      turns(metrics.counter("parley_turns_total", "Turns answered, cancelled or failed")),
      network{network_gauge(metrics, NetworkTier::kGood), network_gauge(metrics, NetworkTier::kFair),
              network_gauge(metrics, NetworkTier::kPoor)},
      voice_to_voice(metrics.histogram("parley_voice_to_voice_seconds",
                                       "From the end of speech to the first audio of the answer")) {
  for (const char* stage : kStages) {
    stages.emplace(stage, metrics.histogram("parley_turn_stage_seconds",
                                            "From the end of speech, or the request, to this stage of a turn",
                                            {{"stage", stage}}));
  }
}

void MeasuredChannel::deliver(conversation::ChannelEvent event) {
  const auto* turn = std::get_if<conversation::TurnCompleted>(&event);
  if (turn != nullptr && !turn->record.announced) {
    metrics_.turns.add();
    const auto heard = turn->record.mark("first_audio_sent");
    if (heard && turn->record.speech_end)
      metrics_.voice_to_voice.observe(*heard / 1000.0, turn->record.turn_id);
    for (const auto& [mark, at] : turn->record.marks) {
      const auto stage = metrics_.stages.find(mark);
      if (stage != metrics_.stages.end()) stage->second.observe(at / 1000.0, turn->record.turn_id);
    }
  }
  const auto* ended = std::get_if<conversation::SessionEnded>(&event);
  const auto reason = ended != nullptr ? std::optional(ended->reason) : std::nullopt;
  inner_.deliver(std::move(event));
  if (reason) over_(*reason);
}

}  // namespace parley::realtime
