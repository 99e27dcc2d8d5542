// SPDX-License-Identifier: Apache-2.0
// An answer and what it rests on as JSON, the same over HTTP, WebSocket and on the command line.
#pragma once

#include "conversation/answerer.hpp"

#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace parley::conversation {

// [{"document_id","document","title","heading","start","end","quote"}]: `document` is the name of the file.
boost::json::array citations_json(const std::vector<language::Citation>& citations);

// [{"heard","word"}]
boost::json::array corrections_json(const std::vector<knowledge::Correction>& corrections);

// {"question","answer","refused","citations","engines":{"llm","retrieval"}}
boost::json::object answer_json(const std::string& question, const Answer& answer, const Answerer& answerer);

}  // namespace parley::conversation
