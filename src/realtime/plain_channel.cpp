// SPDX-License-Identifier: Apache-2.0
#include "realtime/plain_channel.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace parley::realtime {
namespace json = boost::json;

using namespace conversation;

namespace {

json::array sources_of(const std::vector<language::Citation>& citations) {
  json::array sources;
  for (const language::Citation& citation : citations) {
    sources.push_back({{"documentId", citation.document_id},
                       {"documentTitle", citation.title.empty() ? citation.document : citation.title},
                       {"document", citation.document},
                       {"heading", citation.heading},
                       {"contentSnippet", citation.quote},
                       {"start", citation.start},
                       {"end", citation.end},
                       {"sourceType", "document"}});
  }
  return sources;
}

}  // namespace

json::object latencies(const TurnRecord& turn) {
  struct Stage {
    const char* key;
    const char* mark;
  };
  constexpr std::array kStages{Stage{"asrLatencyMs", "asr_final"}, Stage{"ragLatencyMs", "retrieval_done"},
                               Stage{"llmLatencyMs", "llm_first_token"},
                               Stage{"ttsLatencyMs", "tts_first_audio"}};
  json::object metrics;
  if (const auto total = turn.mark("first_audio_sent")) metrics["totalLatencyMs"] = *total;
  double before = 0;
  for (const Stage& stage : kStages) {
    const auto at = turn.mark(stage.mark);
    if (!at) continue;
    // A search that ran ahead was done before the words were final.
    metrics[stage.key] = std::max(0.0, *at - before);
    before = std::max(before, *at);
  }
  if (!metrics.contains("totalLatencyMs")) metrics["totalLatencyMs"] = before;
  return metrics;
}

json::object describe(const NetworkChanged& change) {
  return {{"tier", name(change.tier)},
          {"roundTripMs", change.round_trip.count()},
          {"lossPercent", 100 * change.loss}};
}

void PlainChannel::deliver(ChannelEvent event) {
  std::visit([this](const auto& each) { on(each); }, event);
}

AudioOutlet::Send PlainChannel::audio_sender() {
  return [this](std::string bytes) {
    audio(turn_, std::move(bytes));
    ++turn_.sequence;
  };
}

void PlainChannel::on(const ResponseStarted& event) {
  turn_ = {event.response_id, answers_++, 0, event.audio, {}};
  done_.reset();
  outlet_.begin();
  started(turn_);
}

void PlainChannel::on(const ResponseAudio& event) {
  const auto sent = outlet_.put(event.chunk.pcm, audio_sender());
  if (!sent) error(sent.error());
}

void PlainChannel::on(const ResponseCitations& event) { turn_.sources = event.citations; }

void PlainChannel::on(const ResponseDone& event) {
  const bool whole =
      event.status == ResponseStatus::kCompleted || event.status == ResponseStatus::kIncomplete;
  if (whole && turn_.speaks) {
    const auto sent = outlet_.finish(audio_sender());
    if (!sent) error(sent.error());
  }
  if (event.error) error(*event.error);
  done_ = event;
}

void PlainChannel::on(const NetworkChanged& event) {
  outlet_.adapt(event.tier);
  network(event);
}

// What was measured follows the end of every answer at once.
void PlainChannel::on(const TurnCompleted& event) {
  if (!done_) return;
  const ResponseDone done = std::move(*done_);
  done_.reset();
  ended(turn_, {done.status, done.text, latencies(event.record), sources_of(turn_.sources)});
}

}  // namespace parley::realtime
