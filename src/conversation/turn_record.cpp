// SPDX-License-Identifier: Apache-2.0
// What is written down of an answer when it is over.
#include "conversation/session_state.hpp"
#include "runtime/ids.hpp"

#include <utility>

namespace parley::conversation {

void Session::record_turn(Response& response) {
  TurnRecord record;
  record.turn_id = runtime::make_id("turn");
  record.item_id = response.question_item_id;
  record.response_id = response.id;
  record.transcript = response.question.text;
  record.spoken = response.question.text;
  record.answer = response.text;
  record.announced = !response.announcement.empty();
  record.refused = response.refused;
  record.citations = response.citations;
  if (response.found) {
    for (const knowledge::Hit& hit : response.found->hits) record.found.push_back(hit.filename);
  }
  record.marks = response.marks;
  if (response.utterance) {
    const Utterance& utterance = *response.utterance;
    record.transcript = utterance.transcript.text;
    record.spoken = utterance.transcript.spoken;
    // What answers nothing bears no correction out.
    if (response.found && !response.refused) {
      record.corrections = response.found->corrections;
      record.transcript = corrected(std::move(record.transcript), record.corrections);
    }
    record.speech_end = std::chrono::milliseconds(utterance.speech_end.value_or(0) / kSamplesPerMs);
    record.endpoint_at = std::chrono::milliseconds(utterance.endpoint.value_or(0) / kSamplesPerMs);
    record.engines["asr"] = parts_.recognizer->info().name;
  }
  if (response.speak) {
    const auto engine = parts_.synthesizer->engine_for(response.text, voice_of(response));
    if (engine) record.engines["tts"] = engine->name;
  }
  record.engines["llm"] = parts_.answerer->model_info().name;
  record.engines["retrieval"] = parts_.answerer->retrieval_engine();
  if (trace_) trace_->turn(record.turn_id, record.marks);
  // Times only: what was said is nobody's who reads a log.
  boost::json::object timings;
  for (const auto& [name, at] : record.marks) timings[name] = at;
  parts_.log->info(context_, "turn",
                   {{"turn", record.turn_id},
                    {"spoken", response.utterance != nullptr},
                    {"refused", record.refused},
                    {"timings_ms", std::move(timings)}});
  channel_.deliver(TurnCompleted{std::move(record)});
}

}  // namespace parley::conversation
