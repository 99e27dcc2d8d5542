// SPDX-License-Identifier: Apache-2.0
// What is kept of somebody's voice as clients see it, over HTTP and on the command line.
#pragma once

#include "conversation/speaker_profiles.hpp"

#include <string>

#include <boost/json/object.hpp>

namespace parley::conversation {

// {"consent": {"wording", "given_at_ms"} or null, "engine" or null, "kept": [{"engine", "seconds",
// "since_ms", "changed_ms", "size_bytes"}], "wording": {"version", "text"}, "sentences": [{"id", "text"}]}
boost::json::object speaker_json(const SpeakerRecord& record, const std::string& engine);

// {"sentence", "heard", "seconds"}
boost::json::object enrolled_json(const std::string& sentence, const Enrolled& enrolled);

}  // namespace parley::conversation
