// SPDX-License-Identifier: Apache-2.0
// A session as its clients write and read it: audioConfig, voiceConfig and the record around them.
#pragma once

#include "conversation/session.hpp"
#include "conversation/session_store.hpp"
#include "runtime/result.hpp"

#include <optional>
#include <string>

#include <boost/json/object.hpp>

namespace parley::realtime {

// Changes `settings` by the audioConfig, voiceConfig, greeting and recording of `body`; what is absent stays.
// BAD_REQUEST with the field at fault, and then nothing is changed. Whether there is such a voice and
// language is for the engines to say: check_settings().
runtime::Result<> read_settings(const boost::json::object& body, conversation::SessionSettings& settings);

// NOT_FOUND, MODEL_REQUIRED or LANGUAGE_UNAVAILABLE for a voice or language that the engines do not have.
runtime::Result<> check_settings(const conversation::SessionSettings& settings,
                                 const conversation::SessionParts& engines);

// What a session in conversation is opened with.
conversation::SessionOptions options_of(const conversation::SessionSettings& settings,
                                        const conversation::Config& defaults);

// What is known of the recording of a session in conversation.
std::optional<conversation::RecordingState> recording_of(const conversation::SessionParts& engines,
                                                         const std::string& id);

// {"consent","active"}, and "ended" (full or failed) of a recording that ended by itself. Who is being
// recorded has agreed to it, in whatever protocol.
boost::json::object describe_recording(bool consent, std::optional<conversation::RecordingState> recording);
// {"active"}, and "ended" (full, failed or withdrawn) when it is not any more.
boost::json::object describe(const conversation::RecordingChanged& change);
// {"audioConfig","voiceConfig","greeting","recording"}.
boost::json::object describe_settings(const conversation::SessionSettings& settings,
                                      std::optional<conversation::RecordingState> recording);
// {"sessionId","userId","isGuest","status","createdAt","expiresAt"} and the settings.
boost::json::object describe_record(const conversation::SessionRecord& record,
                                    std::optional<conversation::RecordingState> recording);

}  // namespace parley::realtime
