// SPDX-License-Identifier: Apache-2.0
// The port between a session and whoever carries it: a protocol adapter, the command line, a test.
#pragma once

#include "conversation/network_governor.hpp"
#include "conversation/recording_state.hpp"
#include "conversation/state.hpp"
#include "knowledge/types.hpp"
#include "language/types.hpp"
#include "runtime/result.hpp"
#include "speech/types.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace parley::conversation {

struct StateChanged {
  SessionState from;
  SessionState to;
};
struct UserSpeechStarted {
  std::string item_id;                    // the message that this utterance will become
  std::chrono::milliseconds audio_start;  // since the session's first sample
};
struct UserSpeechStopped {
  std::string item_id;
  std::chrono::milliseconds audio_end;
};
struct UserInputCommitted {
  std::string item_id;
  std::string previous_item_id;
};
struct UserInputDropped {  // noise, or cleared by the client
  std::string item_id;
};
struct TranscriptChanged {
  std::string item_id;
  speech::Transcript transcript;  // replaces the one before
};
struct TranscriptCompleted {
  std::string item_id;
  speech::Transcript transcript;
};
struct TranscriptFailed {
  std::string item_id;
  runtime::Error error;
};
struct ResponseStarted {
  std::string response_id;
  std::string item_id;  // of its message, should it have one
  bool audio;
  bool in_conversation = true;  // false: an aside, of which the conversation knows nothing
  std::optional<std::int64_t> max_output_tokens = {};
  std::map<std::string, std::string> metadata = {};  // as the client gave it
};
// The message of an answer, or a call of a tool in it, has its place in the conversation.
struct ResponseItemAdded {
  std::string response_id;
  std::string item_id;
  std::string previous_item_id;
  std::optional<language::ToolCall> call;  // without arguments yet; nothing: the message
};
struct ResponseCallArguments {
  std::string response_id;
  std::string item_id;
  std::string delta;
};
// All of the call is known: it can be run. Its result comes as an item of the conversation.
struct ResponseCallDone {
  std::string response_id;
  std::string item_id;
  language::ToolCall call;
};
struct ResponseText {
  std::string response_id;
  std::string item_id;
  std::string delta;
};
struct ResponseAudio {
  std::string response_id;
  std::string item_id;
  speech::AudioChunk chunk;
};
// The user speaks over an answer, and it is not known yet whether that interrupts it: a player that can do so
// plays it quieter or waits where it is, and goes on at the full level when it did not.
struct OutputLevelChanged {
  std::string response_id;
  std::string item_id;
  OutputLevel level;
};
struct ResponseCitations {
  std::string response_id;
  std::string item_id;
  std::vector<language::Citation> citations;
};
enum class ResponseStatus : std::uint8_t { kCompleted, kCancelled, kFailed, kIncomplete };

constexpr std::string_view name(ResponseStatus status) {
  switch (status) {
    case ResponseStatus::kCompleted:
      return "completed";
    case ResponseStatus::kCancelled:
      return "cancelled";
    case ResponseStatus::kFailed:
      return "failed";
    case ResponseStatus::kIncomplete:
      return "incomplete";
  }
  return "failed";
}

struct ResponseDone {
  std::string response_id;
  std::string item_id;
  ResponseStatus status;
  std::string
      reason;  // turn_detected, client_cancelled; of an incomplete one max_output_tokens, content_filter
  std::string text;  // all of it, as generated
  std::optional<runtime::Error> error;
  language::Usage usage;
};
// An answer that was done, and was still being played, is played no further.
struct ResponseCutOff {
  std::string response_id;
};
// The measured course of one turn on one clock.
struct TurnRecord {
  std::string turn_id;
  std::string item_id;
  std::string response_id;
  std::string transcript;  // with the words of the documents in the place of those mis-heard for them
  std::string spoken;      // the words as they were heard
  std::vector<knowledge::Correction> corrections;  // of the one in the other
  std::vector<std::string> found;  // file names of the passages that the search gave, best first
  std::string answer;
  bool announced = false;  // it answers nothing: a greeting, say
  bool refused = false;
  std::vector<language::Citation> citations;
  std::optional<std::chrono::milliseconds> speech_end;   // in the input audio; absent for a typed turn
  std::optional<std::chrono::milliseconds> endpoint_at;  // where in the input audio the turn ended
  // Stages in milliseconds after the end of speech (or after the request, for a typed turn).
  std::vector<std::pair<std::string, double>> marks;
  std::map<std::string, std::string> engines;

  std::optional<double> mark(const std::string& mark_name) const {
    for (const auto& [key, value] : marks) {
      if (key == mark_name) return value;
    }
    return std::nullopt;
  }
};
struct TurnCompleted {
  TurnRecord record;
};
// The user has said nothing for so long, between these times of the input; they are asked whether they are
// there. An empty message, committed behind this, stands for it.
struct UserSilent {
  std::string item_id;
  std::chrono::milliseconds audio_start;
  std::chrono::milliseconds audio_end;
};
// Soon the session has lasted as long as one may.
struct SessionEnding {
  std::chrono::milliseconds left;
};
// What the network to the client is like from now on. Not of the session: of what carries it.
struct NetworkChanged {
  NetworkTier tier;
  std::chrono::milliseconds round_trip;
  double loss;  // share of what is sent that is sent again
};
// The session is being recorded from now on, or no more. Of how a session begins this is not told.
struct RecordingChanged {
  RecordingState state;
};
// Nothing comes of the session any more: whoever carries it closes it.
struct SessionEnded {
  SessionEnd reason;
};

using ChannelEvent =
    std::variant<StateChanged, UserSpeechStarted, UserSpeechStopped, UserInputCommitted, UserInputDropped,
                 TranscriptChanged, TranscriptCompleted, TranscriptFailed, ResponseStarted, ResponseItemAdded,
                 ResponseText, ResponseCallArguments, ResponseCallDone, ResponseAudio, OutputLevelChanged,
                 ResponseCitations, ResponseDone, ResponseCutOff, TurnCompleted, UserSilent, SessionEnding,
                 NetworkChanged, RecordingChanged, SessionEnded>;

// Called on the session's strand, in order. Must not block and must not call the session back from inside.
class Channel {
 public:
  virtual ~Channel() = default;
  virtual void deliver(ChannelEvent event) = 0;
  // What the network to the client is like just now.
  virtual NetworkTier tier() const { return NetworkTier::kGood; }
};

}  // namespace parley::conversation
