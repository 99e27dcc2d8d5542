// SPDX-License-Identifier: Apache-2.0
// Tells a client of the OpenAI Realtime protocol what happens in its session, with Parley's own events beside
// them, whose names begin with parley.
#pragma once

#include "audio/resampler.hpp"
#include "conversation/channel.hpp"
#include "realtime/openai_session.hpp"
#include "realtime/wire_audio.hpp"
#include "runtime/ids.hpp"
#include "runtime/result.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace parley::realtime {

// Of a conversation that its client may come back to, and of what it is told, by their numbers.
struct OpenAiNames {
  std::string conversation_id = runtime::make_id("conv");
  std::function<std::string()> next_event_id = [] { return runtime::make_id("event"); };
};

class OpenAiChannel final : public conversation::Channel {
 public:
  // `send` takes one serialised event. A send that fails ends nothing here: the connection tells its reader.
  // `beta`: by the names of the protocol's beta (openai_beta.hpp).
  explicit OpenAiChannel(std::function<void(std::string)> send, bool beta = false, OpenAiNames names = {});

  void deliver(conversation::ChannelEvent event) override;

  // What holds of answers and utterances that start from now on: the format, and what is told of the words
  // that were understood.
  void configure(const SessionSettings& settings);

  // Events that answer a client's own events.
  void session_created(const boost::json::value& session);
  void session_updated(const boost::json::value& session);
  void input_cleared();
  void item_added(const conversation::HistoryItem& item, const std::string& previous_item_id);
  const std::string& conversation_id() const { return names_.conversation_id; }
  void item_deleted(const std::string& item_id);
  void item_retrieved(const conversation::HistoryItem& item);
  void item_truncated(const std::string& item_id, std::int64_t audio_end_ms);
  // `event_id` is that of the client's event at fault, if it had one.
  // `code` replaces the name from the error table where the protocol has one of its own.
  void error(const runtime::Error& problem, const std::string& event_id, std::string_view code = {});

 private:
  // A message, or a call of a function.
  struct Output {
    conversation::HistoryItem item;
    std::string previous_item_id;
    bool done = false;
  };
  struct OpenResponse {
    bool audio = true;
    bool in_conversation = true;
    std::optional<std::int64_t> max_output_tokens;
    boost::json::value metadata;
    std::string voice;
    WireCodec codec = WireCodec::kPcm16;
    std::vector<Output> outputs;
    std::optional<audio::LiveResampler> resampler;
  };
  struct Place;

  void on(const conversation::StateChanged& event);
  void on(const conversation::UserSpeechStarted& event);
  void on(const conversation::UserSpeechStopped& event);
  void on(const conversation::UserInputCommitted& event);
  void on(const conversation::UserInputDropped& event);
  void on(const conversation::TranscriptChanged& event);
  void on(const conversation::TranscriptCompleted& event);
  void on(const conversation::TranscriptFailed& event);
  void on(const conversation::ResponseStarted& event);
  void on(const conversation::ResponseItemAdded& event);
  void on(const conversation::ResponseText& event);
  void on(const conversation::ResponseCallArguments& event);
  void on(const conversation::ResponseCallDone& event);
  void on(const conversation::ResponseAudio& event);
  void on(const conversation::OutputLevelChanged& event);
  void on(const conversation::ResponseCitations& event);
  void on(const conversation::ResponseDone& event);
  void on(const conversation::ResponseCutOff&) {}  // who spoke or cancelled stops playing by itself
  void on(const conversation::TurnCompleted& event);
  void on(const conversation::UserSilent& event);
  void on(const conversation::SessionEnding& event);
  void on(const conversation::NetworkChanged& event);
  void on(const conversation::RecordingChanged& event);
  void on(const conversation::SessionEnded& event);

  void send(std::string_view type, boost::json::object fields);
  // The response and the place of an item in it; nothing for one that is over.
  std::optional<Place> place_of(const std::string& response_id, const std::string& item_id);
  void send_at(std::string_view type, const Place& place, boost::json::object fields);
  void send_audio(const Place& place, const std::vector<std::int16_t>& samples);
  void finish_message(const Place& place, bool completed);
  void finish_item(const Place& place, std::string_view status);
  boost::json::object describe(const std::string& id, const OpenResponse& response,
                               std::string_view status) const;

  std::function<void(std::string)> send_;
  const bool beta_;
  const OpenAiNames names_;
  WireCodec output_ = WireCodec::kPcm16;
  std::string voice_;
  bool transcribe_ = true;
  bool logprobs_ = false;
  std::map<std::string, OpenResponse> responses_;  // by id; at most a few are open
  std::vector<conversation::ChannelEvent> held_;   // until the onset that caused them is told
  std::string partial_item_;                       // the utterance whose words are being shown
  std::string last_partial_;
  std::string settled_;  // the part of it that two partials agreed on and that was sent
};

}  // namespace parley::realtime
