// SPDX-License-Identifier: Apache-2.0
// Turns the bytes of a chat completion into deltas of the answer. No I/O: it can be fed any bytes in any
// pieces.
#pragma once

#include "language/providers/chat_chunk.hpp"
#include "language/providers/spoken_filter.hpp"
#include "language/providers/sse_parser.hpp"
#include "language/types.hpp"
#include "runtime/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::language {

class CompletionReader {
 public:
  // More text than anybody listens to: a server that does not stop is cut here, as kLength.
  static constexpr std::size_t kMaxSpokenBytes = 16 * 1024;
  // More calls, or longer ones, than any tool is meant for.
  static constexpr std::size_t kMaxCalls = 16;
  static constexpr std::size_t kMaxCallBytes = 64 * 1024;

  // `request` must outlive the reader: its passages are what marks refer to.
  explicit CompletionReader(const ChatRequest& request) : request_(request) {}

  // Bytes of an event stream. Appends deltas that hold text or citations. LLM_FAILED when the server reports
  // an error or sends what is no completion; deltas before it are valid.
  runtime::Result<> feed(std::string_view bytes, std::vector<ChatDelta>& deltas);

  // A whole completion, of a server that does not stream.
  runtime::Result<> feed_whole(std::string_view json, std::vector<ChatDelta>& deltas);

  // After the last byte: appends the final delta. LLM_FAILED when the answer broke off or was empty.
  runtime::Result<> end(std::vector<ChatDelta>& deltas);

  // True once nothing more needs to be read.
  bool done() const { return done_; }

  // True once a word of the answer came.
  bool spoke() const { return !spoken_.empty(); }

  // What the server said of an error: for the log only.
  const std::string& server_message() const { return server_message_; }

 private:
  runtime::Result<> take(std::string_view json, std::vector<ChatDelta>& deltas);
  runtime::Result<> take_calls(std::vector<ToolCallDelta> calls, std::vector<ChatDelta>& deltas);
  ChatDelta to_delta(SpokenFilter::Output output);

  const ChatRequest& request_;
  SseParser parser_;
  SpokenFilter filter_;
  std::vector<SseEvent> events_;
  std::vector<Citation> cited_;
  std::string spoken_;
  std::string server_message_;
  std::optional<FinishReason> finish_;
  std::optional<Usage> usage_;
  std::size_t call_bytes_ = 0;
  bool called_ = false;
  bool done_ = false;
};

}  // namespace parley::language
