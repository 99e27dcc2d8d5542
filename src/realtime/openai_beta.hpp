// SPDX-License-Identifier: Apache-2.0
// The names that the OpenAI Realtime protocol had before it was generally available (header
// "OpenAI-Beta: realtime=v1"), from and to those of today.
#pragma once

#include <optional>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace parley::realtime {

// A session object with the flat members of the beta (`modalities`, `voice`, `input_audio_format`, ...) put
// where they stand now. What stands there already stays.
boost::json::value from_beta_session(const boost::json::value& session);

// An event as a client of the beta knows it; nothing when it knows none such.
std::optional<boost::json::object> to_beta_event(boost::json::object event);

}  // namespace parley::realtime
