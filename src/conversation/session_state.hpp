// SPDX-License-Identifier: Apache-2.0
// The two things a session has under way: what the user is saying, and what it answers. Private to session.
#pragma once

#include "conversation/draft.hpp"
#include "conversation/session.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace parley::conversation {

// From the onset of speech to its final transcript.
struct Session::Utterance {
  std::string item_id;
  bool manual = false;     // opened by a client without voice activity detection
  bool tentative = false;  // said over an answer, perhaps not meant for it: not announced yet
  bool dropped = false;    // nobody wants to know what it says
  SampleIndex opened_at = 0;
  SampleIndex audio_from = 0;  // of the input: the first that the recogniser hears
  std::optional<SampleIndex> speech_end;
  std::optional<SampleIndex> endpoint;
  runtime::TimePoint speech_end_time{};
  runtime::TimePoint endpoint_time{};
  runtime::TimePoint final_time{};
  runtime::StreamWriter<audio::Pcm> audio;
  std::vector<std::int16_t> unsent;             // of the message that is being taken
  std::deque<audio::Pcm> backlog;               // came while `audio` was full
  bool ended = false;                           // nothing follows the backlog
  knowledge::Query words;                       // the newest partial
  std::optional<Certainty> certainty;           // of these words, once they have settled
  std::optional<SampleIndex> heard;             // of the input: what they cover
  OverlapKind overlap = OverlapKind::kNothing;  // what they are over an answer
  speech::Transcript transcript;

  // The search made ahead for a partial, good for the final when the words are the same.
  bool searching = false;
  knowledge::Query searched_words;
  std::optional<knowledge::SearchResult> found;

  std::shared_ptr<Draft> draft;  // the answer to `words`, begun in case that nothing follows them
};

// What an answer asks a tool to do.
struct CalledTool {
  std::size_t index = 0;  // as the language model counts
  std::string item_id;
  language::ToolCall call;
};

struct Session::Response {
  std::string id;
  std::string item_id;
  knowledge::Query question;
  std::string question_item_id;
  std::string summary;                     // of what came long before the question,
  std::vector<language::Message> history;  // before it,
  std::vector<language::Message> since;    // and behind it
  ResponseOverrides asked;
  bool speak = true;
  bool grounded = true;
  std::string instructions;
  std::string announcement;              // said instead of an answer
  std::shared_ptr<Utterance> utterance;  // absent for a typed question
  std::shared_ptr<Response> follows;     // may still be playing
  runtime::TimePoint began{};            // the end of speech, or the request
  std::optional<knowledge::SearchResult> found;

  std::stop_source stop;
  std::shared_ptr<Draft> draft;
  std::shared_ptr<PlaybackLedger> ledger = std::make_shared<PlaybackLedger>();
  runtime::Signal wake;  // ends the wait for playback early
  std::string text;
  std::vector<language::Citation> citations;
  language::Usage usage;
  bool refused = false;
  std::optional<language::FinishReason> finish;
  std::vector<CalledTool> calls;
  std::optional<std::chrono::microseconds> cut;  // no more was heard of it, says the client
  std::string last_item_id;                      // of what it put into the conversation
  bool message_added = false;
  bool followed = false;  // another answer goes on for it
  bool output_started = false;
  bool failed = false;     // no more of it will be made
  bool done = false;       // its terminal event is out
  bool abandoned = false;  // cancelled: nothing more may be delivered

  bool aside() const { return !asked.in_conversation; }
  // Why an answer that did not fail is not all there; empty when it is.
  std::string_view cut_short() const {
    if (finish == language::FinishReason::kLength) return "max_output_tokens";
    return finish == language::FinishReason::kContentFilter ? "content_filter" : "";
  }
  std::vector<std::pair<std::string, double>> marks;

  void mark(const char* mark_name, runtime::TimePoint at) {
    for (const auto& [known, value] : marks) {
      if (known == mark_name) return;
    }
    marks.emplace_back(mark_name, runtime::milliseconds_between(began, at));
  }
};

}  // namespace parley::conversation
