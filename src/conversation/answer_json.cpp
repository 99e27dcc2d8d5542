// SPDX-License-Identifier: Apache-2.0
#include "conversation/answer_json.hpp"

namespace parley::conversation {
namespace json = boost::json;

json::array citations_json(const std::vector<language::Citation>& citations) {
  json::array list;
  for (const language::Citation& citation : citations) {
    list.push_back({{"document_id", citation.document_id},
                    {"document", citation.document},
                    {"title", citation.title},
                    {"heading", citation.heading},
                    {"start", citation.start},
                    {"end", citation.end},
                    {"quote", citation.quote}});
  }
  return list;
}

json::array corrections_json(const std::vector<knowledge::Correction>& corrections) {
  json::array list;
  for (const knowledge::Correction& correction : corrections) {
    list.push_back({{"heard", correction.heard}, {"word", correction.word}});
  }
  return list;
}

json::object answer_json(const std::string& question, const Answer& answer, const Answerer& answerer) {
  return {{"question", question},
          {"answer", answer.text},
          {"refused", answer.refused},
          {"citations", citations_json(answer.citations)},
          {"engines", {{"llm", answerer.model_info().name}, {"retrieval", answerer.retrieval_engine()}}}};
}

}  // namespace parley::conversation
