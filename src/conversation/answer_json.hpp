// SPDX-License-Identifier: Apache-2.0
// An answer as JSON, the same over HTTP and on the command line.
#pragma once

#include "conversation/answerer.hpp"

#include <string>

#include <boost/json/object.hpp>

namespace parley::conversation {

// {"question","answer","refused","citations":[{"document_id","document","heading","start","end","quote"}],
//  "engines":{"llm","retrieval"}}
boost::json::object answer_json(const std::string& question, const Answer& answer, const Answerer& answerer);

}  // namespace parley::conversation
