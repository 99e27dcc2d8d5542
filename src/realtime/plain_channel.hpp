// SPDX-License-Identifier: Apache-2.0
// What the protocols of the replaced systems have in common: one answer at a time, told as a start, words,
// audio and an end. A protocol gives it its names.
#pragma once

#include "conversation/channel.hpp"
#include "conversation/session_store.hpp"
#include "realtime/audio_path.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace parley::realtime {

struct PlainTurn {
  std::string id;
  std::int64_t index = 0;     // of the answer in its session, from 0
  std::int64_t sequence = 0;  // of its next message of audio
  bool speaks = true;
  std::vector<language::Citation> sources;
};

// How an answer ended. Told exactly once for each that was started.
struct PlainEnd {
  conversation::ResponseStatus status;
  std::string text;  // all of it, as generated
  boost::json::object metrics;
  boost::json::array sources;
};

class PlainChannel : public conversation::Channel {
 public:
  explicit PlainChannel(const conversation::AudioSettings& settings) : outlet_(settings) {}

  void deliver(conversation::ChannelEvent event) final;

  virtual void error(const runtime::Error& problem) = 0;

 protected:
  // The answer being given, or given last; without an id before the first.
  const PlainTurn& turn() const { return turn_; }

  virtual void state(conversation::SessionState from, conversation::SessionState to) = 0;
  virtual void transcript(const speech::Transcript& transcript, bool final) = 0;
  virtual void started(const PlainTurn& turn) = 0;
  virtual void text(const PlainTurn& turn, std::string words) = 0;
  virtual void audio(const PlainTurn& turn, std::string bytes) = 0;
  // Somebody speaks over the answer: how it is to be played until it is known what they mean.
  virtual void level(const PlainTurn& turn, conversation::OutputLevel level) = 0;
  virtual void ended(const PlainTurn& turn, PlainEnd end) = 0;
  // It had ended, and is played no further.
  virtual void cut_off(const PlainTurn& turn) = 0;
  virtual void network(const conversation::NetworkChanged& change) = 0;
  virtual void recording(const conversation::RecordingChanged& change) = 0;
  // The session ends soon; it has ended, and is closed behind this.
  virtual void ending(std::chrono::milliseconds left) = 0;
  virtual void over(conversation::SessionEnd reason) = 0;

 private:
  void on(const conversation::StateChanged& event) { state(event.from, event.to); }
  void on(const conversation::TranscriptChanged& event) { transcript(event.transcript, false); }
  void on(const conversation::TranscriptCompleted& event) { transcript(event.transcript, true); }
  void on(const conversation::TranscriptFailed& event) { error(event.error); }
  void on(const conversation::ResponseStarted& event);
  void on(const conversation::ResponseText& event) { text(turn_, event.delta); }
  void on(const conversation::ResponseAudio& event);
  void on(const conversation::OutputLevelChanged& event) { level(turn_, event.level); }
  void on(const conversation::ResponseCitations& event);
  void on(const conversation::ResponseDone& event);
  void on(const conversation::ResponseCutOff&) { cut_off(turn_); }
  void on(const conversation::TurnCompleted& event);
  void on(const conversation::SessionEnding& event) { ending(event.left); }
  void on(const conversation::NetworkChanged& event);
  void on(const conversation::RecordingChanged& event) { recording(event); }
  void on(const conversation::SessionEnded& event) { over(event.reason); }
  // The detector's onsets and ends show in the state.
  void on(const auto&) {}

  AudioOutlet::Send audio_sender();

  AudioOutlet outlet_;
  PlainTurn turn_;
  std::int64_t answers_ = 0;
  std::optional<conversation::ResponseDone> done_;
};

// {"tier","roundTripMs","lossPercent"}
boost::json::object describe(const conversation::NetworkChanged& change);
// {"totalLatencyMs","asrLatencyMs","ragLatencyMs","llmLatencyMs","ttsLatencyMs"}: of the stages that there
// were, each from the end of the one before; the total from the end of speech to the first audio of the
// answer.
boost::json::object latencies(const conversation::TurnRecord& turn);

}  // namespace parley::realtime
