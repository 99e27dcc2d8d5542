// SPDX-License-Identifier: Apache-2.0
// What a chat model is asked and what it answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace parley::language {

enum class ChatRole : std::uint8_t { kSystem, kUser, kAssistant, kTool };

// A function that the caller can run for the model.
struct Tool {
  std::string name;
  std::string description;
  std::string parameters;  // a JSON Schema, as text

  bool operator==(const Tool&) const = default;
};

struct ToolChoice {
  enum class Mode : std::uint8_t { kAuto, kNone, kRequired, kNamed };
  Mode mode = Mode::kAuto;
  std::string name = {};  // for kNamed

  bool operator==(const ToolChoice&) const = default;
};

struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;  // JSON, as the model wrote it: perhaps none at all

  bool operator==(const ToolCall&) const = default;
};

struct Message {
  ChatRole role = ChatRole::kUser;
  std::string content;
  std::vector<ToolCall> calls = {};  // of an assistant; each is followed by a kTool message with its result
  std::string call_id = {};          // of a kTool message

  bool operator==(const Message&) const = default;
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

  bool operator==(const Passage&) const = default;
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
  std::string instructions = {};    // who speaks, in what style; empty: the engine's default
  std::string summary = {};         // of what came before `history`
  std::vector<Message> history;     // earlier turns, oldest first
  std::string question;             // what the user just said
  std::vector<Message> since = {};  // what has followed the question: calls of tools and their results
  bool grounded = true;             // answer from the passages only, and say so when they do not hold it
  bool spoken = true;               // the answer is read aloud: short sentences, no Markdown
  std::vector<Passage> passages;
  std::map<std::string, double> term_weights;  // of the question's stems, from the search
  std::vector<std::string> unknown_stems;      // stems of the question that no document holds
  bool heard = false;                          // rather than typed: an unknown stem may be mis-heard
  std::size_t max_words = 45;
  std::optional<std::int64_t> max_tokens = std::nullopt;  // of this answer, where the engine counts them
  std::vector<Tool> tools = {};                           // engines that know none answer without
  ToolChoice tool_choice = {};
  bool parallel_tool_calls = true;

  bool operator==(const ChatRequest&) const = default;
};

// What is to be remembered of a conversation.
struct SummaryRequest {
  std::string before = {};  // the summary so far
  std::vector<Message> turns;
  std::size_t max_words = 150;
};

struct Usage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
};

enum class FinishReason : std::uint8_t { kStop, kLength, kRefused, kContentFilter };

// A piece of a call: the first of its index has the name, all of them a piece of the arguments.
struct ToolCallDelta {
  std::size_t index = 0;
  std::string id = {};  // empty: the engine gave none
  std::string name = {};
  std::string arguments = {};
};

// A piece of the answer. The last one has `finish` set.
struct ChatDelta {
  std::string text = {};
  std::vector<Citation> citations = {};  // that became known with this piece
  std::optional<FinishReason> finish = std::nullopt;
  std::optional<Usage> usage = std::nullopt;
  std::vector<ToolCallDelta> calls = {};
};

}  // namespace parley::language
