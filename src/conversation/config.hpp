// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::conversation {

// Whether `tag` looks like a language of BCP 47: "en", "de-AT".
bool is_language_tag(std::string_view tag);

// Of what is said although nobody asked; bytes.
inline constexpr std::size_t kLongestAnnouncement = 500;

struct Config {
  // Silence that ends a turn, by how finished the words so far sound (see endpointing.hpp).
  std::chrono::milliseconds silence_sure{220};
  std::chrono::milliseconds silence_complete{290};
  std::chrono::milliseconds silence_unsure{720};
  std::chrono::milliseconds silence_incomplete{2200};
  std::chrono::milliseconds max_utterance{60'000};
  std::chrono::milliseconds max_push_to_talk{300'000};
  std::chrono::milliseconds prefix_padding{300};  // audio before the onset that the recogniser also hears
  std::chrono::milliseconds turn_deadline{60'000};
  // When an answer is begun before the end of its question is certain: "auto" (a model on this machine),
  // "always" or "never".
  std::string answer_ahead = "auto";
  std::int64_t passages = 8;  // chunks given to the language model
  // Of what was said before that the language model is told of, by language::estimated_tokens(); a summary
  // stands for what is older.
  std::int64_t history_tokens = 1000;
  std::int64_t max_answer_words = 45;
  std::string language = "en";    // that users speak, unless a client says otherwise (BCP 47)
  bool cancel_echo = false;       // of answers, in what is heard from clients that do not say who does
  bool adapt_to_voice = false;    // learn the voice also of who did not agree that it is kept
  std::string instructions = {};  // empty: the language engine's default
  // Said when an answer begins with the call of a tool, in sessions whose users speak `language`; empty:
  // nothing.
  std::string tool_filler = "One moment, please.";
  // Said, like the filler, to those who speak `language`.
  std::string greeting = {};
  std::chrono::milliseconds idle_prompt{0};  // of silence; 0: never
  std::string idle_prompt_text = "Are you still there?";
  std::chrono::milliseconds idle_end{1'800'000};  // likewise
  std::chrono::milliseconds end_warning{60'000};  // before a session has lasted its time
  std::string end_warning_text = "We will have to end this conversation soon.";

  // Of what the turn engine is told and says: times and kinds of events, no words. Empty: none are written.
  std::string trace_folder = {};
  std::int64_t trace_megabytes = 16;  // of one session
  std::int64_t trace_files = 100;     // kept, the newest

  // Where sessions are recorded whose owners agree to it. Empty: nobody is recorded, whoever agrees.
  std::string recording_folder = {};
  std::int64_t recording_megabytes = 64;  // of one recording
  std::int64_t recording_days = 0;        // that one is kept; 0: until somebody removes it

  void bind(runtime::ConfigSpec& spec);
  runtime::Result<> validate() const;
};

}  // namespace parley::conversation
