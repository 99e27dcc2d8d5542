// SPDX-License-Identifier: Apache-2.0
// The answering half of a session.
#include "conversation/sentence_stream.hpp"
#include "conversation/session_state.hpp"
#include "runtime/ids.hpp"
#include "text/language.hpp"

#include <algorithm>
#include <utility>

namespace parley::conversation {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

// An answer is made at most this far ahead of its playback, so that a long one fills no queue.
constexpr std::chrono::seconds kAhead{20};

constexpr std::string_view reason_name(CancelReason reason) {
  return reason == CancelReason::kTurnDetected ? "turn_detected" : "client_cancelled";
}

}  // namespace

Result<> Session::create_response(ResponseOverrides overrides) {
  if (recognising_) {
    wanted_ = std::move(overrides);
    return {};
  }
  if (response_ && !response_->done) {
    return Error{ErrorCode::kConflict, "the conversation already has an active response"};
  }
  const auto question = std::find_if(history_.rbegin(), history_.rend(), [](const HistoryItem& item) {
    return item.role == language::ChatRole::kUser && !item.text.empty();
  });
  if (question == history_.rend()) return Error{ErrorCode::kBadRequest, "there is no message to answer"};
  wanted_ = std::move(overrides);
  apply(ResponseRequested{});
  return {};
}

bool Session::cancel_response() {
  const bool active = response_ != nullptr;
  wanted_.reset();
  apply(CancelRequested{});
  return active;
}

void Session::start_response(const std::shared_ptr<Utterance>& utterance, ResponseOverrides overrides) {
  auto response = std::make_shared<Response>();
  response->id = runtime::make_id("resp");
  response->item_id = runtime::make_id("item");
  response->speak = overrides.speak.value_or(options_.speak);
  response->instructions = overrides.instructions.value_or(options_.instructions);
  response->utterance = utterance;
  if (utterance) {
    response->question = heard_query(utterance->transcript);
    response->question_item_id = utterance->item_id;
    response->began = utterance->speech_end_time;
    response->mark("endpoint", utterance->endpoint_time);
    response->mark("asr_final", utterance->final_time);
    if (utterance->found && utterance->searched_words == response->question)
      response->found = utterance->found;
  } else {
    response->began = parts_.clock->now();
    const auto last = std::find_if(history_.rbegin(), history_.rend(), [](const HistoryItem& item) {
      return item.role == language::ChatRole::kUser && !item.text.empty();
    });
    if (last != history_.rend()) {
      response->question = {.text = last->text};
      response->question_item_id = last->id;
    }
  }
  response_ = response;
  channel_.deliver(ResponseStarted{response->id, response->item_id, last_message_id(), response->speak});
  tasks_.spawn(run_response(std::move(response)));
}

Task<> Session::run_response(std::shared_ptr<Response> response) {
  const auto generated = co_await generate(response);
  if (response->abandoned) co_return;
  if (!generated) {
    parts_.log->warn(context_, "response_failed", {{"error", runtime::to_string(generated.error())}});
    finish_response(*response, ResponseStatus::kFailed, {}, generated.error());
    response_.reset();
    apply(Failed{});
    co_return;
  }
  finish_response(*response, ResponseStatus::kCompleted, {}, std::nullopt);
  while (!response->abandoned && parts_.clock->now() < response->ledger->plays_until()) {
    // Woken when the answer is cancelled, and when its player goes on after a pause.
    const bool woken = co_await response->wake.wait(response->ledger->plays_until());
    if (!woken && context_.cancelled()) co_return;
  }
  if (response->abandoned) co_return;
  response_.reset();
  apply(OutputEnded{});
}

Task<Result<>> Session::generate(std::shared_ptr<Response> response) {
  if (response->question.text.empty()) co_return Error{ErrorCode::kBadRequest, "no words were recognised"};
  const auto deadline = parts_.clock->now() + parts_.config.turn_deadline;
  const runtime::Context context = context_.until(deadline).stopped_by(response->stop.get_token());
  if (!response->found) {
    auto found = co_await parts_.answerer->search(context, response->question);
    if (response->abandoned) co_return Result<>();
    if (!found) co_return found.error();
    response->found = std::move(*found);
  }
  response->mark("retrieval_done", parts_.clock->now());
  correct(*response);
  auto deltas = parts_.answerer->answer(
      context, corrected(response->question.text, response->found->corrections),
      history_before(response->question_item_id), *response->found, response->instructions);
  SentenceStream sentences;
  for (;;) {
    const auto next = co_await deltas.next(deadline);
    if (response->abandoned) co_return Result<>();
    if (!next) co_return next.error();
    if (!next->has_value()) break;
    const language::ChatDelta delta = **next;
    if (!delta.text.empty()) response->mark("llm_first_token", parts_.clock->now());
    response->citations.insert(response->citations.end(), delta.citations.begin(), delta.citations.end());
    if (delta.usage) response->usage = *delta.usage;
    if (delta.finish) response->refused = *delta.finish == language::FinishReason::kRefused;
    if (!response->speak) {
      deliver_text(*response, delta.text);
      continue;
    }
    for (std::string& sentence : sentences.push(delta.text)) {
      const auto spoken = co_await speak(response, std::move(sentence));
      if (response->abandoned) co_return Result<>();
      if (!spoken) co_return spoken.error();
    }
  }
  for (std::string& sentence : sentences.finish()) {
    const auto spoken = co_await speak(response, std::move(sentence));
    if (response->abandoned) co_return Result<>();
    if (!spoken) co_return spoken.error();
  }
  if (!response->citations.empty()) {
    channel_.deliver(ResponseCitations{response->id, response->item_id, response->citations});
  }
  co_return Result<>();
}

// A short sentence is in the language of those before it.
speech::SynthesizeOptions Session::voice_of(const Response& response) const {
  speech::SynthesizeOptions voice = options_.voice;
  const auto language = text::language_of(response.text);
  voice.language = language.empty() ? options_.language : std::string(language);
  return voice;
}

// Later turns, too, are to be answered knowing what was said rather than what was heard.
void Session::correct(const Response& response) {
  if (response.found->corrections.empty()) return;
  for (HistoryItem& item : history_) {
    if (item.id == response.question_item_id) item.text = corrected(item.text, response.found->corrections);
  }
}

void Session::deliver_text(Response& response, std::string delta) {
  if (delta.empty()) return;
  response.text += delta;
  channel_.deliver(ResponseText{response.id, response.item_id, std::move(delta)});
  if (!response.output_started) {
    response.output_started = true;
    apply(OutputStarted{});
  }
}

Task<Result<>> Session::speak(std::shared_ptr<Response> response, std::string sentence) {
  while (parts_.clock->now() + kAhead < response->ledger->plays_until()) {
    const bool woken = co_await response->wake.wait(response->ledger->plays_until() - kAhead);
    if (response->abandoned || (!woken && context_.cancelled())) co_return Result<>();
  }
  const auto deadline = parts_.clock->now() + parts_.config.turn_deadline;
  const runtime::Context context = context_.until(deadline).stopped_by(response->stop.get_token());
  auto voice = voice_of(*response);
  auto chunks = parts_.synthesizer->synthesize(context, sentence, std::move(voice));
  const auto offset = std::chrono::duration_cast<std::chrono::milliseconds>(response->ledger->total());
  deliver_text(*response, response->text.empty() ? sentence : " " + sentence);
  for (;;) {
    const auto next = co_await chunks.next(deadline);
    if (response->abandoned) co_return Result<>();
    if (!next) co_return next.error();
    if (!next->has_value()) co_return Result<>();
    speech::AudioChunk chunk = **next;
    for (speech::Word& word : chunk.words) {
      word.start += offset;
      word.end += offset;
    }
    const auto now = parts_.clock->now();
    response->mark("tts_first_audio", now);
    response->ledger->sent(now, chunk.pcm.duration(), chunk.words);
    channel_.deliver(ResponseAudio{response->id, response->item_id, std::move(chunk)});
    response->mark("first_audio_sent", parts_.clock->now());
  }
}

void Session::finish_response(Response& response, ResponseStatus status, std::string reason,
                              std::optional<Error> error) {
  if (response.done) return;
  response.done = true;
  response.mark("done", parts_.clock->now());
  remember_heard(response);
  channel_.deliver(ResponseDone{response.id, response.item_id, status, std::move(reason), response.text,
                                std::move(error), response.usage});
  record_turn(response);
}

void Session::act(const CancelResponse& action) {
  wanted_.reset();
  recognising_.reset();
  if (!response_) return;
  const auto response = std::exchange(response_, nullptr);
  response->abandoned = true;
  response->stop.request_stop();
  response->wake.notify();
  finish_response(*response, ResponseStatus::kCancelled, std::string(reason_name(action.reason)),
                  std::nullopt);
  // An answer that was complete but still playing ends where the listener was.
  remember_heard(*response);
}

void Session::act(const SetOutput& action) {
  if (!response_) return;
  const auto now = parts_.clock->now();
  if (action.level == OutputLevel::kPaused) response_->ledger->pause(now);
  if (action.level == OutputLevel::kFull) {
    response_->ledger->resume(now);
    response_->wake.notify();
  }
  channel_.deliver(OutputLevelChanged{response_->id, response_->item_id, action.level});
}

// Puts into the history what was heard: all that was played so far of a cancelled answer, the whole text of
// one that is complete and may play to its end.
void Session::remember_heard(Response& response) {
  const bool spoken = response.speak && !response.ledger->empty();
  std::string text = response.text;
  if (response.abandoned) {
    text = spoken ? response.ledger->heard(response.ledger->played(parts_.clock->now()))
                  : (response.speak ? std::string() : response.text);
  }
  for (HistoryItem& item : history_) {
    if (item.id != response.item_id) continue;
    item.text = std::move(text);
    return;
  }
  if (text.empty()) return;
  history_.push_back({response.item_id, language::ChatRole::kAssistant, std::move(text),
                      spoken ? response.ledger : nullptr});
}

Result<> Session::truncate(const std::string& item_id, std::chrono::milliseconds audio_end) {
  for (HistoryItem& item : history_) {
    if (item.id != item_id || item.role != language::ChatRole::kAssistant) continue;
    if (item.ledger && audio_end < item.ledger->total()) item.text = item.ledger->heard(audio_end);
    return {};
  }
  return Error{ErrorCode::kNotFound, "there is no such answer", "item_id"};
}

std::vector<language::Message> Session::history_before(const std::string& item_id) const {
  std::vector<language::Message> messages;
  for (const HistoryItem& item : history_) {
    if (item.id == item_id) break;
    if (!item.text.empty()) messages.push_back({item.role, item.text});
  }
  const auto most = static_cast<std::size_t>(parts_.config.history_turns) * 2;
  if (messages.size() > most) {
    messages.erase(messages.begin(), messages.end() - static_cast<std::ptrdiff_t>(most));
  }
  return messages;
}

void Session::record_turn(Response& response) {
  TurnRecord record;
  record.turn_id = runtime::make_id("turn");
  record.item_id = response.question_item_id;
  record.response_id = response.id;
  record.transcript = response.question.text;
  record.spoken = response.question.text;
  record.answer = response.text;
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
