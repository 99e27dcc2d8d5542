// SPDX-License-Identifier: Apache-2.0
// Tells the conversational clone's clients of their session, by the events they know. How an event travels is
// for the carrier: an envelope of JSON (/ws) or a packet of Socket.IO.
#pragma once

#include "realtime/plain_channel.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace parley::realtime {

class LiveSession;

struct CloneCarrier {
  std::function<void(std::string_view type, boost::json::object data)> send;
  // An answer's audio, in the session's format.
  std::function<void(boost::json::object data, std::string bytes)> send_audio;
};

class CloneChannel final : public PlainChannel {
 public:
  CloneChannel(const conversation::AudioSettings& settings, CloneCarrier carrier)
      : PlainChannel(settings), settings_(settings), carrier_(std::move(carrier)) {}

  void error(const runtime::Error& problem) override;
  // Ends the answer with this index, as clients are told it, or whatever is under way without one. What finds
  // nothing to interrupt is acknowledged like what does.
  void interrupt(LiveSession& session, std::optional<std::int64_t> turn_index);

 private:
  void state(conversation::SessionState from, conversation::SessionState to) override;
  void transcript(const speech::Transcript& transcript, bool final) override;
  void started(const PlainTurn& turn) override;
  void text(const PlainTurn& turn, std::string words) override;
  void audio(const PlainTurn& turn, std::string bytes) override;
  void level(const PlainTurn& turn, conversation::OutputLevel level) override;
  void ended(const PlainTurn& turn, PlainEnd end) override;
  void cut_off(const PlainTurn& turn) override;
  void network(const conversation::NetworkChanged& change) override;
  void recording(const conversation::RecordingChanged& change) override;
  void ending(std::chrono::milliseconds left) override;
  void over(conversation::SessionEnd reason) override;

  conversation::AudioSettings settings_;
  CloneCarrier carrier_;
};

}  // namespace parley::realtime
