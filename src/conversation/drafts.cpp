// SPDX-License-Identifier: Apache-2.0
// How an answer is begun: when its question is over, or ahead of that, while it is likely to be.
#include "conversation/draft.hpp"
#include "conversation/sentence_stream.hpp"
#include "conversation/session_state.hpp"

#include <optional>
#include <utility>

namespace parley::conversation {

using runtime::Task;

namespace {

// Of an answer that nobody takes up yet, or that is spoken more slowly than it is written: all that there may
// be, so that a model need not wait for the voice, past its deadline.
constexpr std::size_t kDeltas = 4096;

// The first sentence of an answer, once: as soon as it is whole.
class FirstSentence {
 public:
  // Nothing at the end of the answer.
  std::string push(const std::optional<language::ChatDelta>& delta) {
    if (over_) return {};
    auto whole = delta ? sentences_.push(delta->text) : sentences_.finish();
    over_ = !whole.empty() || !delta || !delta->calls.empty();
    // What stands before a call is said while the tool runs.
    if (whole.empty() && over_) whole = sentences_.finish();
    return whole.empty() ? std::string() : std::move(whole.front());
  }

 private:
  SentenceStream sentences_;
  bool over_ = false;
};

}  // namespace

std::shared_ptr<Draft> Session::begin_draft(const Response& response) {
  auto draft = std::make_shared<Draft>();
  draft->request = request_of(response);
  draft->aloud = response.speak;
  draft->stop = response.stop;
  const auto deadline = parts_.clock->now() + parts_.config.turn_deadline;
  const runtime::Context context = context_.until(deadline).stopped_by(draft->stop.get_token());
  auto [stream, writer] = runtime::make_stream<language::ChatDelta>(kDeltas);
  draft->deltas = std::move(stream);
  auto deltas = parts_.answerer->answer(context, draft->request, *response.found);
  tasks_.spawn(write(draft, context, std::move(deltas), std::move(writer), voice_of(response)));
  return draft;
}

// It holds the draft by no more than its name, so that one that nobody wants is given up.
Task<> Session::write(std::weak_ptr<Draft> draft, runtime::Context context,
                      runtime::Stream<language::ChatDelta> deltas,
                      runtime::StreamWriter<language::ChatDelta> out, speech::SynthesizeOptions voice) {
  FirstSentence first;
  for (;;) {
    auto next = co_await deltas.next(context.deadline);
    if (!next) {
      out.fail(next.error());
      co_return;
    }
    std::string sentence = first.push(*next);
    if (const auto wanted = draft.lock(); wanted && wanted->aloud && !sentence.empty()) {
      wanted->sound = parts_.synthesizer->synthesize(context, sentence, voice);
      wanted->sentence = std::move(sentence);
    }
    if (!next->has_value()) break;
    const auto sent = co_await out.send(std::move(**next), context.deadline);
    if (!sent) {
      out.fail(sent.error());
      co_return;
    }
  }
  out.finish();
}

bool Session::answers_ahead() const {
  const TurnConfig& turn = engine_.config();
  if (wanted_ || !turn.server_vad || !turn.create_response) return false;
  if (parts_.load->reaches(LoadStage::kNoSpeculation)) return false;
  const std::string& policy = parts_.config.answer_ahead;
  return policy == "always" || (policy == "auto" && parts_.answerer->model_info().where == "local");
}

// Begins the answer to words that are settled and may be all, as it will be asked for when they are.
void Session::draft_ahead() {
  const auto utterance = utterance_;
  if (!utterance || utterance->draft || !utterance->certainty || !engine_.likely_over()) return;
  if (!utterance->found || utterance->searched_words != utterance->words || !answers_ahead()) return;
  const auto response = make_response({});
  response->question = utterance->words;
  response->found = utterance->found;
  recall(*response, utterance->item_id);
  utterance->draft = begin_draft(*response);
}

// What was begun ahead is taken up when nothing has changed meanwhile.
void Session::adopt_draft(Response& response, Utterance& utterance) {
  const auto draft = std::exchange(utterance.draft, nullptr);
  if (!draft || !response.found || response.asked.voice || draft->aloud != response.speak ||
      draft->request != request_of(response)) {
    return;
  }
  response.draft = draft;
  response.stop = draft->stop;
}

}  // namespace parley::conversation
