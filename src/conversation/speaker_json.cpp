// SPDX-License-Identifier: Apache-2.0
#include "conversation/speaker_json.hpp"

#include <boost/json/array.hpp>

namespace parley::conversation {
namespace json = boost::json;

json::object speaker_json(const SpeakerRecord& record, const std::string& engine) {
  json::value consent;
  if (record.consent) {
    consent = {{"wording", record.consent->wording}, {"given_at_ms", record.consent->given_at_ms}};
  }
  json::array kept;
  for (const KeptProfile& each : record.kept) {
    kept.push_back({{"engine", each.engine},
                    {"seconds", each.seconds},
                    {"since_ms", each.since_ms},
                    {"changed_ms", each.changed_ms},
                    {"size_bytes", each.size_bytes}});
  }
  json::array sentences;
  for (const EnrolmentSentence& sentence : enrolment_sentences()) {
    sentences.push_back({{"id", sentence.id}, {"text", sentence.text}});
  }
  const ConsentWording wording = consent_wording();
  return {{"consent", std::move(consent)},
          {"engine", engine.empty() ? json::value() : json::value(engine)},
          {"kept", std::move(kept)},
          {"wording", {{"version", wording.version}, {"text", wording.text}}},
          {"sentences", std::move(sentences)}};
}

json::object enrolled_json(const std::string& sentence, const Enrolled& enrolled) {
  return {{"sentence", sentence}, {"heard", enrolled.heard}, {"seconds", enrolled.seconds}};
}

}  // namespace parley::conversation
