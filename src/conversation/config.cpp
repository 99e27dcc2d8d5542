// SPDX-License-Identifier: Apache-2.0
#include "conversation/config.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

namespace parley::conversation {

namespace {

constexpr std::int64_t kDay = 86'400'000;  // milliseconds

runtime::Result<> check_ranges(const Config& config) {
  struct Range {
    const char* key;
    std::int64_t value;
    std::int64_t least;
    std::int64_t most;
  };
  const Range ranges[] = {
      {"conversation.max_utterance_ms", config.max_utterance.count(), 1000, kDay},
      {"conversation.max_push_to_talk_ms", config.max_push_to_talk.count(), 1000, kDay},
      {"conversation.prefix_padding_ms", config.prefix_padding.count(), 0, 1000},
      {"conversation.turn_deadline_ms", config.turn_deadline.count(), 1000, kDay},
      {"conversation.passages", config.passages, 1, 50},
      {"conversation.history_tokens", config.history_tokens, 0, 100'000},
      {"conversation.max_answer_words", config.max_answer_words, 5, 1000},
      {"conversation.end_warning_ms", config.end_warning.count(), 0, kDay},
      {"conversation.trace_megabytes", config.trace_megabytes, 1, 1024},
      {"conversation.trace_files", config.trace_files, 1, 100'000},
      {"conversation.recording_megabytes", config.recording_megabytes, 1, 1024},
      {"conversation.recording_days", config.recording_days, 0, 36'500},
  };
  for (const Range& range : ranges) {
    if (range.value >= range.least && range.value <= range.most) continue;
    return runtime::Error{runtime::ErrorCode::kBadRequest,
                          fmt::format("expected {} to {}", range.least, range.most), range.key};
  }
  return {};
}

}  // namespace

bool is_language_tag(std::string_view tag) {
  return tag.size() >= 2 && tag.size() <= 35 && std::all_of(tag.begin(), tag.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_';
         });
}

void Config::bind(runtime::ConfigSpec& spec) {
  spec.bind("conversation.silence_sure_ms", silence_sure,
            "silence after words that were heard well and are a finished question about the documents");
  spec.bind("conversation.silence_complete_ms", silence_complete,
            "silence after words that sound like a finished question");
  spec.bind("conversation.silence_unsure_ms", silence_unsure,
            "silence after words that may be a finished question");
  spec.bind("conversation.silence_incomplete_ms", silence_incomplete,
            "silence after a statement or a word or two, inside which people pause");
  spec.bind("conversation.max_utterance_ms", max_utterance,
            "longest utterance; then the turn ends by itself");
  spec.bind("conversation.max_push_to_talk_ms", max_push_to_talk,
            "longest utterance of who pushes to talk; then it is committed by itself, and the next begins");
  spec.bind("conversation.prefix_padding_ms", prefix_padding, "audio kept from before the onset of speech");
  spec.bind("conversation.turn_deadline_ms", turn_deadline, "longest time an answer may take");
  spec.bind("conversation.answer_ahead", answer_ahead,
            "auto, always or never: begin an answer in the silence after what sounds finished, and throw it "
            "away when more is said; auto is for a language model on this machine, others may want money "
            "for it");
  spec.bind("conversation.passages", passages, "passages given to the language model");
  spec.bind(
      "conversation.history_tokens", history_tokens,
      "how much of what was said before the language model is told of, in tokens (estimated); of what is "
      "older it gets a summary");
  spec.bind("conversation.max_answer_words", max_answer_words, "length asked of an answer");
  spec.bind("conversation.language", language, "language that users speak, where a client names none");
  spec.bind(
      "conversation.cancel_echo", cancel_echo,
      "take the echo of the answer out of what is heard while it plays, also for clients that do not say "
      "whether it is to be done; browsers do it themselves");
  spec.bind("conversation.adapt_to_voice", adapt_to_voice,
            "learn each speaker's voice from what they say, to hear it better; forgotten with the session, "
            "unless they agreed that it is kept");
  spec.bind("conversation.instructions", instructions,
            "who speaks and how; empty means the engine's default");
  spec.bind("conversation.tool_filler", tool_filler,
            "said while a tool runs that an answer begins with, to users of conversation.language; may be "
            "empty");
  spec.bind("conversation.greeting", greeting,
            "said when a session begins, to users of conversation.language; empty means nothing");
  spec.bind("conversation.idle_prompt_ms", idle_prompt,
            "silence after an answer, then it is asked once whether somebody is there; 0 is never");
  spec.bind("conversation.idle_prompt_text", idle_prompt_text, "what is asked then");
  spec.bind("conversation.idle_end_ms", idle_end,
            "time in which nobody says anything, then the session ends; 0 is never");
  spec.bind("conversation.end_warning_ms", end_warning,
            "how long before realtime.longest_session_ms the end of a session is announced");
  spec.bind("conversation.end_warning_text", end_warning_text,
            "what is said then, if nobody is speaking; may be empty");
  spec.bind("conversation.trace_folder", trace_folder,
            "folder for traces of sessions, which `parley replay` runs again: times and kinds of events, no "
            "words; empty means none");
  spec.bind("conversation.trace_megabytes", trace_megabytes,
            "size of one session's trace; the rest is left out");
  spec.bind("conversation.trace_files", trace_files, "traces that are kept, the newest");
  spec.bind("conversation.recording_folder", recording_folder,
            "folder for recordings of sessions whose owners agree to be recorded, with both sides on one "
            "timeline in Ogg Opus; empty means that nobody is recorded, whoever agrees");
  spec.bind("conversation.recording_megabytes", recording_megabytes,
            "size of one recording, at which it ends; an hour is about 22");
  spec.bind("conversation.recording_days", recording_days,
            "time after which a recording is removed; 0 means when somebody removes it");
}

runtime::Result<> Config::validate() const {
  using runtime::Error;
  using runtime::ErrorCode;
  if (silence_sure.count() < 100 || silence_sure > silence_complete || silence_complete > silence_unsure ||
      silence_unsure > silence_incomplete || silence_incomplete.count() > 10'000) {
    return Error{ErrorCode::kBadRequest,
                 "expected 100 <= silence_sure_ms <= silence_complete_ms <= silence_unsure_ms <= "
                 "silence_incomplete_ms <= 10000",
                 "conversation.silence_complete_ms"};
  }
  if (answer_ahead != "auto" && answer_ahead != "always" && answer_ahead != "never") {
    return Error{ErrorCode::kBadRequest, "expected auto, always or never", "conversation.answer_ahead"};
  }
  const auto in_range = check_ranges(*this);
  if (!in_range) return in_range;
  if (!is_language_tag(language)) {
    return Error{ErrorCode::kBadRequest, "expected a language such as en or de-AT", "conversation.language"};
  }
  const std::pair<const std::string&, const char*> said[] = {
      {tool_filler, "conversation.tool_filler"},
      {greeting, "conversation.greeting"},
      {idle_prompt_text, "conversation.idle_prompt_text"},
      {end_warning_text, "conversation.end_warning_text"}};
  for (const auto& [text, key] : said) {
    if (text.size() > kLongestAnnouncement) {
      return Error{ErrorCode::kBadRequest, "expected at most 500 bytes", key};
    }
  }
  if (idle_prompt.count() < 0 || idle_prompt.count() > kDay ||
      (idle_prompt.count() > 0 && idle_prompt.count() < 1000)) {
    return Error{ErrorCode::kBadRequest, "expected 0, or 1000 to 86400000", "conversation.idle_prompt_ms"};
  }
  const bool no_end = idle_end.count() == 0;
  if (!no_end && (idle_end.count() < 1000 || idle_end.count() > kDay || idle_end <= idle_prompt)) {
    return Error{ErrorCode::kBadRequest, "expected 0, or 1000 to 86400000 and more than idle_prompt_ms",
                 "conversation.idle_end_ms"};
  }
  return {};
}

}  // namespace parley::conversation
