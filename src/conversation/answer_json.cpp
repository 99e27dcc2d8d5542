// SPDX-License-Identifier: Apache-2.0
#include "conversation/answer_json.hpp"

#include <boost/json/array.hpp>

namespace parley::conversation {
namespace json = boost::json;

json::object answer_json(const std::string& question, const Answer& answer, const Answerer& answerer) {
  json::array citations;
  for (const language::Citation& citation : answer.citations) {
    citations.push_back({{"document_id", citation.document_id},
                         {"document", citation.document},
                         {"heading", citation.heading},
                         {"start", citation.start},
                         {"end", citation.end},
                         {"quote", citation.quote}});
  }
  return {{"question", question},
          {"answer", answer.text},
          {"refused", answer.refused},
          {"citations", std::move(citations)},
          {"engines", {{"llm", answerer.model_info().name}, {"retrieval", answerer.retrieval_engine()}}}};
}

}  // namespace parley::conversation
