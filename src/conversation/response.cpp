// SPDX-License-Identifier: Apache-2.0
// The answering half of a session.
#include "conversation/sentence_stream.hpp"
#include "conversation/session_state.hpp"
#include "runtime/ids.hpp"
#include "runtime/turnstile.hpp"
#include "text/language.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace parley::conversation {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

// An answer is made at most this far ahead of its playback, so that a long one fills no queue; on a slow
// network, by its tier, less, because whatever else is to be told waits behind the sound that was sent.
constexpr std::array<std::chrono::seconds, 3> kAhead{std::chrono::seconds(20), std::chrono::seconds(6),
                                                     std::chrono::seconds(3)};
// What a client plays of an answer until it learns that it is cancelled.
constexpr std::size_t kStillPlayed = 300 * kSamplesPerMs;

// Answers outside of the conversation that are made at once.
constexpr std::size_t kMostAsides = 4;

constexpr std::string_view reason_name(CancelReason reason) {
  return reason == CancelReason::kTurnDetected ? "turn_detected" : "client_cancelled";
}

}  // namespace

Result<> Session::create_response(ResponseOverrides overrides) {
  wake();
  const bool answerable =
      overrides.instructions || (overrides.input ? *overrides.input : history_).question();
  if (!answerable && !recognising_) return Error{ErrorCode::kBadRequest, "there is no message to answer"};
  if (!overrides.in_conversation) return start_aside(std::move(overrides));
  if (response_ && !response_->done && response_->announcement.empty()) {
    return Error{ErrorCode::kConflict, "the conversation already has an active response"};
  }
  if (recognising_) {
    wanted_ = std::move(overrides);
    return {};
  }
  if (response_ && !response_->calls.empty() && history_.ends_with_result()) {
    const auto before = std::exchange(response_, nullptr);
    before->followed = true;
    before->wake.notify();
    start_response(nullptr, std::move(overrides), before);
    return {};
  }
  wanted_ = std::move(overrides);
  apply(ResponseRequested{});
  return {};
}

Result<> Session::start_aside(ResponseOverrides overrides) {
  if (asides_.size() >= kMostAsides) {
    return Error{ErrorCode::kOverloaded, "too many responses outside of the conversation are being made"};
  }
  auto response = make_response(std::move(overrides));
  ask_again(*response);
  // What a client asks for by itself, it may ask of anything.
  response->grounded = !response->asked.instructions;
  asides_.push_back(response);
  announce(*response);
  tasks_.spawn(run_aside(std::move(response)));
  return {};
}

bool Session::cancel_response(const std::string& id) {
  const auto aside = std::ranges::find(asides_, id, [](const auto& response) { return response->id; });
  if (aside != asides_.end()) {
    const auto response = std::move(*aside);
    asides_.erase(aside);
    response->abandoned = true;
    response->stop.request_stop();
    response->wake.notify();
    finish_response(*response, ResponseStatus::kCancelled,
                    std::string(reason_name(CancelReason::kClientCancelled)), std::nullopt);
    return true;
  }
  if (!id.empty() && (!response_ || response_->id != id)) return false;
  const bool active = response_ || wanted_;
  wake();
  give_up_wanted(ResponseStatus::kCancelled, std::string(reason_name(CancelReason::kClientCancelled)));
  recognising_.reset();
  apply(CancelRequested{});
  return active;
}

std::shared_ptr<Session::Response> Session::make_response(ResponseOverrides overrides) {
  auto response = std::make_shared<Response>();
  response->id = runtime::make_id("resp");
  response->item_id = runtime::make_id("item");
  response->speak = overrides.speak.value_or(options_.speak);
  response->instructions = overrides.instructions.value_or(options_.instructions);
  response->began = parts_.clock->now();
  response->asked = std::move(overrides);
  return response;
}

// The answer that waits for a transcript begins and ends, so that its client waits for nothing.
void Session::give_up_wanted(ResponseStatus status, std::string reason, std::optional<Error> error) {
  if (!wanted_) return;
  const auto response = make_response(*std::exchange(wanted_, std::nullopt));
  response->utterance = recognising_;
  if (recognising_) response->question_item_id = recognising_->item_id;
  announce(*response);
  finish_response(*response, status, std::move(reason), std::move(error));
}

// The question that stands last. Where there is none, the client's instructions are the question.
void Session::ask_again(Response& response) const {
  const History& history = response.asked.input ? *response.asked.input : history_;
  const HistoryItem* question = history.question();
  if (question == nullptr) {
    response.question = {.text = response.asked.instructions.value_or(std::string())};
    response.instructions = options_.instructions;
    response.grounded = false;
  } else {
    response.question = {.text = question->text};
    response.question_item_id = question->id;
    response.since = history.since(question->id);
  }
  recall(response, response.question_item_id);
}

void Session::start_response(const std::shared_ptr<Utterance>& utterance, ResponseOverrides overrides,
                             const std::shared_ptr<Response>& follows) {
  auto response = make_response(std::move(overrides));
  response->utterance = utterance;
  response->follows = follows;
  if (follows) response->ledger->follow(*follows->ledger);
  if (client_is_lost_) response->ledger->lose(parts_.clock->now());
  if (utterance) {
    response->question = heard_query(utterance->transcript);
    response->question_item_id = utterance->item_id;
    recall(*response, utterance->item_id);
    response->began = utterance->speech_end_time;
    response->mark("endpoint", utterance->endpoint_time);
    response->mark("asr_final", utterance->final_time);
    if (utterance->found && utterance->searched_words == response->question)
      response->found = utterance->found;
    adopt_draft(*response, *utterance);
  } else {
    ask_again(*response);
  }
  response_ = response;
  announce(*response);
  tasks_.spawn(run_response(std::move(response)));
}

void Session::announce(const Response& response) {
  ResponseStarted started{response.id, response.item_id, response.speak, response.asked.in_conversation};
  started.max_output_tokens = most_tokens(response);
  started.metadata = response.asked.metadata;
  channel_.deliver(std::move(started));
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
  finish_response(*response,
                  response->cut_short().empty() ? ResponseStatus::kCompleted : ResponseStatus::kIncomplete,
                  std::string(response->cut_short()), std::nullopt);
  while (!response->abandoned && !response->followed &&
         parts_.clock->now() < response->ledger->plays_until()) {
    // Woken when the answer is cancelled, and when its player goes on after a pause.
    const bool woken = co_await response->wake.wait(response->ledger->plays_until());
    if (!woken && context_.cancelled()) co_return;
  }
  if (response->abandoned || response->followed) co_return;
  wake();
  response_.reset();
  apply(OutputEnded{});
}

// What an announcement says.
Task<Result<>> Session::recite(std::shared_ptr<Response> response) {
  if (!response->speak) {
    deliver_text(*response, response->announcement);
    co_return Result<>();
  }
  SentenceStream sentences;
  auto first = sentences.push(response->announcement);
  std::ranges::move(sentences.finish(), std::back_inserter(first));
  const auto spoken = co_await say(response, std::move(first));
  co_return spoken;
}

Task<> Session::run_aside(std::shared_ptr<Response> response) {
  const auto generated = co_await generate(response);
  if (response->abandoned) co_return;
  std::erase(asides_, response);
  if (!generated) {
    finish_response(*response, ResponseStatus::kFailed, {}, generated.error());
    co_return;
  }
  finish_response(*response,
                  response->cut_short().empty() ? ResponseStatus::kCompleted : ResponseStatus::kIncomplete,
                  std::string(response->cut_short()), std::nullopt);
}

Task<Result<>> Session::generate(std::shared_ptr<Response> response) {
  if (!response->announcement.empty()) {
    const auto recited = co_await recite(response);
    co_return recited;
  }
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
  if (!response->draft) response->draft = begin_draft(*response);
  SentenceStream sentences;
  for (;;) {
    const auto next = co_await response->draft->deltas.next(deadline);
    if (response->abandoned) co_return Result<>();
    if (!next) co_return next.error();
    if (!next->has_value()) break;
    const language::ChatDelta delta = **next;
    if (!delta.text.empty()) response->mark("llm_first_token", parts_.clock->now());
    response->citations.insert(response->citations.end(), delta.citations.begin(), delta.citations.end());
    if (delta.usage) response->usage = *delta.usage;
    if (delta.finish) response->finish = delta.finish;
    response->refused = response->finish == language::FinishReason::kRefused;
    if (!response->speak) deliver_text(*response, delta.text);
    auto ready = response->speak ? sentences.push(delta.text) : std::vector<std::string>();
    if (!delta.calls.empty()) {
      // What stands before a call is said while the tool runs; or something else is.
      std::ranges::move(sentences.finish(), std::back_inserter(ready));
      if (ready.empty()) ready = filler_for(*response);
    }
    const auto spoken = co_await say(response, std::move(ready));
    if (response->abandoned) co_return Result<>();
    if (!spoken) co_return spoken.error();
    take_calls(*response, delta.calls);
  }
  auto rest = sentences.finish();
  const auto spoken = co_await say(response, std::move(rest));
  if (response->abandoned) co_return Result<>();
  if (!spoken) co_return spoken.error();
  finish_calls(*response);
  if (!response->citations.empty()) {
    channel_.deliver(ResponseCitations{response->id, response->item_id, response->citations});
  }
  co_return Result<>();
}

std::optional<std::int64_t> Session::most_tokens(const Response& response) const {
  const auto most =
      response.asked.max_output_tokens ? response.asked.max_output_tokens : options_.max_output_tokens;
  return most == 0 ? std::nullopt : most;
}

language::ChatRequest Session::request_of(const Response& response) const {
  const ResponseOverrides& asked = response.asked;
  language::ChatRequest request;
  request.instructions = response.instructions;
  request.summary = response.summary;
  request.history = response.history;
  request.question = corrected(response.question.text, response.found->corrections);
  request.since = response.since;
  request.grounded = response.grounded;
  request.spoken = response.speak || response.grounded;
  request.max_tokens = most_tokens(response);
  request.tools = asked.tools.value_or(options_.tools);
  request.tool_choice = asked.tool_choice.value_or(options_.tool_choice);
  request.parallel_tool_calls = options_.parallel_tool_calls;
  return request;
}

// A short sentence is in the language of those before it.
speech::SynthesizeOptions Session::voice_of(const Response& response) const {
  speech::SynthesizeOptions voice = options_.voice;
  if (response.asked.voice) voice.voice = *response.asked.voice;
  const auto language = text::language_of(response.text);
  voice.language = language.empty() ? options_.language : std::string(language);
  return voice;
}

void Session::deliver_text(Response& response, std::string delta) {
  if (delta.empty()) return;
  if (!response.message_added) {
    response.message_added = true;
    add_response_item(response, {.id = response.item_id,
                                 .role = language::ChatRole::kAssistant,
                                 .spoken = response.speak,
                                 .completed = false,
                                 .ledger = response.speak ? response.ledger : nullptr});
  }
  response.text += delta;
  channel_.deliver(ResponseText{response.id, response.item_id, std::move(delta)});
  if (!response.output_started) {
    response.output_started = true;
    if (!response.aside()) apply(OutputStarted{});
  }
}

Task<Result<>> Session::say(std::shared_ptr<Response> response, std::vector<std::string> sentences) {
  for (std::string& sentence : sentences) {
    const auto spoken = co_await speak(response, std::move(sentence));
    if (response->abandoned || !spoken) co_return spoken;
  }
  co_return Result<>();
}

// The first sentence of an answer is being spoken already.
runtime::Stream<speech::AudioChunk> Session::sound_of(Response& response, const std::string& sentence,
                                                      runtime::TimePoint deadline) {
  if (response.draft && response.draft->sentence == sentence) {
    response.draft->sentence.clear();
    return std::move(response.draft->sound);
  }
  const runtime::Context context = context_.until(deadline).stopped_by(response.stop.get_token());
  return parts_.synthesizer->synthesize(context, sentence, voice_of(response));
}

// From when on more of it may be sent: no more than so much may be ahead of its playback.
runtime::TimePoint Session::goes_on_at(const Response& response) const {
  return response.ledger->plays_until() - kAhead.at(static_cast<std::size_t>(channel_.tier()));
}

Task<> Session::keep_lead(std::shared_ptr<Response> response) {
  while (parts_.clock->now() < goes_on_at(*response)) {
    const bool woken = co_await response->wake.wait(goes_on_at(*response));
    if (response->abandoned || (!woken && context_.cancelled())) co_return;
  }
}

Task<Result<>> Session::speak(std::shared_ptr<Response> response, std::string sentence) {
  co_await keep_lead(response);
  if (response->abandoned || context_.cancelled()) co_return Result<>();
  const auto deadline = parts_.clock->now() + parts_.config.turn_deadline;
  auto chunks = sound_of(*response, sentence, deadline);
  const auto offset = std::chrono::duration_cast<std::chrono::milliseconds>(response->ledger->total());
  deliver_text(*response, response->text.empty() ? sentence : " " + sentence);
  for (;;) {
    const auto next = co_await chunks.next(deadline);
    if (response->abandoned) co_return Result<>();
    if (!next) co_return next.error();
    if (!next->has_value()) co_return Result<>();
    // A sentence that has begun is sent to its end to a player that waits, or is lost.
    const bool waits = response->ledger->plays_until() == runtime::TimePoint::max();
    if (!waits && parts_.clock->now() < goes_on_at(*response)) co_await keep_lead(response);
    if (response->abandoned) co_return Result<>();
    speech::AudioChunk chunk = **next;
    for (speech::Word& word : chunk.words) {
      word.start += offset;
      word.end += offset;
    }
    const auto now = parts_.clock->now();
    response->mark("tts_first_audio", now);
    if (options_.cancel_echo && !response->aside()) {
      if (!loudspeaker_) loudspeaker_ = std::make_unique<Loudspeaker>();
      if (response->ledger->empty() && !response->follows) loudspeaker_->begin();
      loudspeaker_->play(chunk.pcm);
    }
    const auto sound_offset = response->ledger->total();
    response->ledger->sent(now, chunk.pcm.duration(), chunk.words);
    if (recording_ && !response->aside()) recording_->sent(response->ledger, sound_offset, chunk.pcm);
    keep_loudspeaker_up();
    channel_.deliver(ResponseAudio{response->id, response->item_id, std::move(chunk)});
    response->mark("first_audio_sent", parts_.clock->now());
    // All of a sentence may be there at once, of many answers: whoever waits has a turn between the pieces.
    const bool goes_on = co_await runtime::pass_turnstile();
    if (!goes_on) co_return Error{ErrorCode::kCancelled, "the wait was cancelled"};
  }
}

void Session::finish_response(Response& response, ResponseStatus status, std::string reason,
                              std::optional<Error> error) {
  if (response.done) return;
  response.done = true;
  response.failed = status == ResponseStatus::kFailed;
  response.mark("done", parts_.clock->now());
  if (!response.aside()) remember_heard(response);
  channel_.deliver(ResponseDone{response.id, response.item_id, status, std::move(reason), response.text,
                                std::move(error), response.usage});
  if (response.aside()) return;
  record_turn(response);
  fold_history();
}

void Session::act(const CancelResponse& action) {
  // A client that asks for another answer cancels no more than the one before.
  if (action.reason == CancelReason::kTurnDetected) {
    give_up_wanted(ResponseStatus::kCancelled, std::string(reason_name(action.reason)));
    recognising_.reset();
  }
  if (!response_) return;
  const auto response = std::exchange(response_, nullptr);
  response->abandoned = true;
  response->stop.request_stop();
  response->wake.notify();
  if (loudspeaker_) loudspeaker_->limit(kStillPlayed, Loudspeaker::Dropped::kNewest);
  if (recording_) recording_->interrupted(parts_.clock->now());
  if (response->done) {
    channel_.deliver(ResponseCutOff{response->id});
  } else {
    behind_until_ = given_up_.take(1, parts_.clock->now());
    finish_response(*response, ResponseStatus::kCancelled, std::string(reason_name(action.reason)),
                    std::nullopt);
  }
  // An answer that was complete but still playing ends where the listener was.
  for (auto each = response; each; each = each->follows) {
    each->abandoned = true;
    remember_heard(*each);
  }
}

void Session::client_lost() {
  if (recording_) recording_->advance(parts_.clock->now());
  client_is_lost_ = true;
  for (auto each = response_; each; each = each->follows) each->ledger->lose(parts_.clock->now());
}

// What is missing is the end of what was sent: of the newest answer first.
void Session::client_returned(std::chrono::microseconds missing) {
  client_is_lost_ = false;
  for (auto each = response_; each; each = each->follows) {
    const auto of_this = std::min(missing, each->ledger->total());
    each->ledger->regain(parts_.clock->now(), of_this);
    missing -= of_this;
  }
  if (response_) response_->wake.notify();
}

void Session::act(const SetOutput& action) {
  if (!response_) return;
  const auto now = parts_.clock->now();
  if (recording_) recording_->advance(now);
  if (loudspeaker_) loudspeaker_->changed();
  if (action.level == OutputLevel::kPaused) response_->ledger->pause(now);
  if (action.level == OutputLevel::kFull) {
    response_->ledger->resume(now);
    response_->wake.notify();
  }
  channel_.deliver(OutputLevelChanged{response_->id, response_->item_id, action.level});
}

}  // namespace parley::conversation
