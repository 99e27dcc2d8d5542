// SPDX-License-Identifier: Apache-2.0
// The session object of the OpenAI Realtime protocol: what a client can set, read, checked and shown.
#pragma once

#include "conversation/session.hpp"
#include "realtime/wire_audio.hpp"
#include "runtime/result.hpp"

#include <cstddef>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

namespace parley::realtime {

inline constexpr std::size_t kLongestInstructions = 64 * 1024;  // bytes

struct SessionSettings {
  conversation::SessionOptions options;
  WireFormats formats;
  bool transcription_only = false;   // of type "transcription": nothing is answered
  bool transcribe = true;            // the client hears what was understood
  bool logprobs = false;             // with how sure that is
  bool semantic = false;             // the name by which the client knows the detection of turns
  std::string eagerness = "auto";    // of a semantic one
  std::string noise_reduction = {};  // near_field, far_field or nothing
  bool resumption = false;           // the client may come back to the conversation
  bool recording_consent = false;    // its owner agrees to be recorded
  std::optional<conversation::RecordingState> recording = {};  // and what came of that
};

// Whether a session object is of type "transcription"; BAD_REQUEST for a type that there is not.
runtime::Result<bool> is_transcription(const boost::json::value& session);

// Applies a session object, of today or of the beta, to `settings`. Nothing is changed on an error. Its type
// cannot change. Members that mean nothing here are ignored.
runtime::Result<> apply_session(const boost::json::value& session,
                                const conversation::SessionOptions& defaults, SessionSettings& settings);

// The session object that a client is shown.
boost::json::value describe_session(const std::string& id, const std::string& model,
                                    const SessionSettings& settings);

// ["audio"] or ["text"]: whether it is to be spoken.
runtime::Result<bool> wants_audio(const boost::json::value& modalities, const std::string& param);

// A voice by its name, or as {"id"}; those of OpenAI's service stand for `usual`.
runtime::Result<> read_voice(const boost::json::value& output, const std::string& usual, std::string& voice,
                             const std::string& param);

}  // namespace parley::realtime
