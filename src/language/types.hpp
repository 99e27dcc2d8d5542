// SPDX-License-Identifier: Apache-2.0
// What a chat model is asked and what it answers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace parley::language {

enum class ChatRole : std::uint8_t { kSystem, kUser, kAssistant };

struct Message {
  ChatRole role = ChatRole::kUser;
  std::string content;
};

// A piece of a document that may hold the answer, best first. Offsets are bytes of the document's text.
struct Passage {
  std::string document_id;
  std::string document;  // name of the file
  std::string title;     // shown to people
  std::string heading;   // path of headings, " > " between
  std::string text;
  std::int64_t start = 0;
  double score = 0;
};

// The sentence an answer rests on: quote == passage text at [start - passage.start, end - passage.start).
struct Citation {
  std::string document_id;
  std::string document;
  std::string title;
  std::string heading;
  std::string quote;
  std::int64_t start = 0;  // bytes of the document's text
  std::int64_t end = 0;

  bool operator==(const Citation&) const = default;
};

struct ChatRequest {
  std::string instructions = {};  // who speaks, in what style; empty: the engine's default
  std::vector<Message> history;   // earlier turns, oldest first
  std::string question;           // what the user just said
  bool grounded = true;           // answer from the passages only, and say so when they do not hold it
  std::vector<Passage> passages;
  std::map<std::string, double> term_weights;  // of the question's stems, from the search
  std::vector<std::string> unknown_stems;      // stems of the question that no document holds
  bool heard = false;                          // rather than typed: an unknown stem may be mis-heard
  std::size_t max_words = 45;
};

struct Usage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
};

enum class FinishReason : std::uint8_t { kStop, kLength, kRefused, kContentFilter };

// A piece of the answer. The last one has `finish` set.
struct ChatDelta {
  std::string text = {};
  std::vector<Citation> citations = {};  // that became known with this piece
  std::optional<FinishReason> finish = std::nullopt;
  std::optional<Usage> usage = std::nullopt;
};

}  // namespace parley::language
