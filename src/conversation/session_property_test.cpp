// SPDX-License-Identifier: Apache-2.0
// Whatever a client does, and in whatever order: what a session owes it and itself.
#include "conversation/testing/session_harness.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <sstream>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using runtime::Task;
using testing::Harness;

constexpr unsigned kSeeds = 60;
constexpr int kSteps = 200;

// What a client sees of one answer.
struct Seen {
  bool speaks = false;
  bool aside = false;
  bool done = false;
  std::string text;
};

// One terminal event for each answer and nothing of it behind that; legal states in an unbroken chain.
struct Witness {
  SessionState state = SessionState::kIdle;
  std::map<std::string, Seen> answers;
  std::string problem;

  void look(const ChannelEvent& event) {
    std::visit([this](const auto& each) { see(each); }, event);
  }

 private:
  void blame(const std::string& what) {
    if (problem.empty()) problem = what;
  }
  Seen* open(const std::string& id) {
    const auto found = answers.find(id);
    if (found != answers.end() && !found->second.done) return &found->second;
    blame("output of " + id + ", which is not under way");
    return nullptr;
  }
  void see(const StateChanged& event) {
    if (event.from != state || !allowed(event.from, event.to)) blame("an illegal change of state");
    state = event.to;
  }
  void see(const ResponseStarted& event) {
    const bool alone =
        std::ranges::all_of(answers, [](const auto& each) { return each.second.aside || each.second.done; });
    if (event.in_conversation && !alone) blame("two answers at once");
    if (!answers.emplace(event.response_id, Seen{event.audio, !event.in_conversation, false, {}}).second)
      blame("an answer that starts twice");
  }
  void see(const ResponseText& event) {
    if (Seen* answer = open(event.response_id)) answer->text += event.delta;
  }
  void see(const ResponseAudio& event) { open(event.response_id); }
  void see(const ResponseItemAdded& event) { open(event.response_id); }
  void see(const ResponseCallArguments& event) { open(event.response_id); }
  void see(const ResponseCallDone& event) { open(event.response_id); }
  void see(const ResponseCitations& event) { open(event.response_id); }
  void see(const ResponseDone& event) {
    if (Seen* answer = open(event.response_id)) {
      answer->done = true;
      if (answer->text != event.text) blame("an answer that is not what was told of it");
    }
  }
  void see(const auto&) {}
};

// The words of `part` begin `whole`.
bool begins(const std::string& whole, const std::string& part) {
  std::istringstream all(whole), some(part);
  std::string a, b;
  while (some >> b) {
    if (!(all >> a) || a != b) return false;
  }
  return true;
}

void act(Harness& h, std::mt19937& random, const std::vector<std::int16_t>& speech,
         const std::vector<std::int16_t>& quiet) {
  Session& session = *h.session;
  const auto below = [&](std::size_t limit) { return random() % limit; };
  const auto sound = [&](const std::vector<std::int16_t>& samples) {
    session.append_audio(std::span(samples).first(160 * (1 + below(8))));
  };
  const auto started = h.recorder.all<ResponseStarted>();
  switch (below(14)) {
    case 0:
    case 1:
    case 2:
      return sound(speech);
    case 3:
    case 4:
      return sound(quiet);
    case 5:
      static_cast<void>(session.commit_audio());
      return;
    case 6:
      session.clear_audio();
      return;
    case 7:
      static_cast<void>(session.add_message({}, language::ChatRole::kUser, "And then?"));
      return;
    case 8:
    case 9: {
      ResponseOverrides overrides;
      overrides.speak = below(2) == 0;
      overrides.in_conversation = below(5) != 0;
      static_cast<void>(session.create_response(std::move(overrides)));
      return;
    }
    case 10:
      session.cancel_response(started.empty() || below(2) == 0 ? ""
                                                               : started[below(started.size())].response_id);
      return;
    case 11:
      if (!started.empty())
        static_cast<void>(
            session.truncate(started[below(started.size())].item_id, std::chrono::milliseconds(below(1500))));
      return;
    case 12: {
      SessionOptions options = session.options();
      options.turn.server_vad = below(3) != 0;
      options.turn.interrupt_response = below(4) != 0;
      options.turn.create_response = below(4) != 0;
      return session.update(std::move(options));
    }
    case 13:
      session.greet();
      return session.wake();
  }
}

// Between a test and the body that it runs; one at a time.
struct {
  unsigned seed = 0;
  std::string problem;
} chance;

Task<> do_anything(Harness& h) {
  std::mt19937 random(chance.seed);
  const auto speech = testing::voice(std::chrono::milliseconds(100));
  const auto quiet = testing::silence(std::chrono::milliseconds(100));
  for (int step = 0; step < kSteps; ++step) {
    act(h, random, speech, quiet);
    // What runs beside it goes a little way on, or a long one.
    for (unsigned turns = random() % 4; turns > 0; --turns) {
      co_await boost::asio::post(h.strand, boost::asio::use_awaitable);
    }
  }
  // All that is under way comes to its end.
  for (const auto& started : h.recorder.all<ResponseStarted>())
    h.session->cancel_response(started.response_id);
  h.session->clear_audio();
  h.session->cancel_response();
  Witness witness;
  for (const ChannelEvent& event : h.recorder.events) witness.look(event);
  for (const auto& [id, answer] : witness.answers) {
    if (!answer.done) witness.problem = "no end of " + id;
  }
  // Nothing stands in the history that nobody was told.
  for (const auto& started : h.recorder.all<ResponseStarted>()) {
    const HistoryItem* item = h.session->history().find(started.item_id);
    if (item != nullptr && !begins(witness.answers[started.response_id].text, item->text)) {
      witness.problem = "\"" + item->text + "\" was never said";
    }
  }
  chance.problem = witness.problem;
}

TEST(AnySession, EndsEveryAnswerOnceAndRemembersNothingUnheard) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    Harness harness;
    harness.config.greeting = "Welcome to the shop.";
    harness.options.turn.patience.ask_after = kSamplesPerMs;
    if (seed % 5 == 0) harness.model->failure = runtime::Error{runtime::ErrorCode::kLlmFailed, "no"};
    if (seed % 7 == 0) harness.recognizer->failure = runtime::Error{runtime::ErrorCode::kAsrFailed, "no"};
    chance.seed = seed;
    harness.run(&do_anything);
    ASSERT_EQ(chance.problem, "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace parley::conversation
