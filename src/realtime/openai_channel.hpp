// SPDX-License-Identifier: Apache-2.0
// Tells a client of the OpenAI Realtime protocol what happens in its session (GA event names), with Parley's
// own events beside them: parley.state, parley.transcript.partial, parley.citations, parley.turn.
#pragma once

#include "audio/resampler.hpp"
#include "conversation/channel.hpp"
#include "realtime/wire_audio.hpp"
#include "runtime/result.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace parley::realtime {

class OpenAiChannel final : public conversation::Channel {
 public:
  // `send` takes one serialised event. A send that fails ends nothing here: the connection tells its reader.
  explicit OpenAiChannel(std::function<void(std::string)> send);

  void deliver(conversation::ChannelEvent event) override;

  // The format of answers that start from now on.
  void set_output(WireCodec codec) { output_ = codec; }

  // Events that answer a client's own events.
  void session_created(const boost::json::value& session);
  void session_updated(const boost::json::value& session);
  void input_cleared();
  void item_added(const std::string& item_id, const std::string& previous_item_id, std::string_view role,
                  const std::string& text);
  void item_deleted(const std::string& item_id);
  void item_retrieved(const std::string& item_id, std::string_view role, const std::string& text);
  void item_truncated(const std::string& item_id, std::int64_t audio_end_ms);
  // `event_id` is that of the client's event at fault, if it had one.
  // `code` replaces the name from the error table where the protocol has one of its own.
  void error(const runtime::Error& problem, const std::string& event_id, std::string_view code = {});

 private:
  struct OpenResponse {
    std::string item_id;
    std::string previous_item_id;
    bool audio = true;
    WireCodec codec = WireCodec::kPcm16;
    std::string text;
    std::optional<audio::LiveResampler> resampler;
  };

  void on(const conversation::StateChanged& event);
  void on(const conversation::UserSpeechStarted& event);
  void on(const conversation::UserSpeechStopped& event);
  void on(const conversation::UserInputCommitted& event);
  void on(const conversation::UserInputDropped& event);
  void on(const conversation::TranscriptChanged& event);
  void on(const conversation::TranscriptCompleted& event);
  void on(const conversation::TranscriptFailed& event);
  void on(const conversation::ResponseStarted& event);
  void on(const conversation::ResponseText& event);
  void on(const conversation::ResponseAudio& event);
  void on(const conversation::OutputLevelChanged& event);
  void on(const conversation::ResponseCitations& event);
  void on(const conversation::ResponseDone& event);
  void on(const conversation::TurnCompleted& event);

  void send(std::string_view type, boost::json::object fields);
  void send_audio(const std::string& response_id, const OpenResponse& response,
                  const std::vector<std::int16_t>& samples);

  std::function<void(std::string)> send_;
  WireCodec output_ = WireCodec::kPcm16;
  std::map<std::string, OpenResponse> responses_;  // by id; at most a few are open
  std::string partial_item_;                       // the utterance whose words are being shown
  std::string last_partial_;
  std::string settled_;  // the part of it that two partials agreed on and that was sent
};

}  // namespace parley::realtime
