// SPDX-License-Identifier: Apache-2.0
#include "language/providers/chat_chunk.hpp"

#include "runtime/json.hpp"

#include <boost/json/value.hpp>

namespace parley::language {
namespace {

namespace json = boost::json;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

// Null where the path does not lead anywhere; servers leave members out and set them to null at will.
const json::value* member(const json::value* value, std::string_view name) {
  if (value == nullptr || !value->is_object()) return nullptr;
  return value->get_object().if_contains(name);
}

std::string_view text_of(const json::value* value) {
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::int64_t number_of(const json::value* value) {
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

FinishReason finish_of(std::string_view reason) {
  if (reason == "length") return FinishReason::kLength;
  if (reason == "content_filter") return FinishReason::kContentFilter;
  return FinishReason::kStop;
}

// A whole completion leaves the index out; so do some servers that send each call in one piece.
std::vector<ToolCallDelta> calls_of(const json::value* calls) {
  std::vector<ToolCallDelta> deltas;
  if (calls == nullptr || !calls->is_array()) return deltas;
  for (std::size_t i = 0; i < calls->get_array().size(); ++i) {
    const json::value* call = &calls->get_array()[i];
    const json::value* index = member(call, "index");
    const json::value* function = member(call, "function");
    const bool indexed = index != nullptr && index->is_int64() && index->get_int64() >= 0;
    deltas.push_back({indexed ? static_cast<std::size_t>(index->get_int64()) : i,
                      std::string(text_of(member(call, "id"))),
                      std::string(text_of(member(function, "name"))),
                      std::string(text_of(member(function, "arguments")))});
  }
  return deltas;
}

// {"error":{"message":"..."}}, {"error":"..."} and {"object":"error","message":"..."} are all found in the
// wild.
std::optional<std::string_view> error_of(const json::value& root) {
  if (const json::value* error = member(&root, "error"); error != nullptr && !error->is_null()) {
    return error->is_string() ? text_of(error) : text_of(member(error, "message"));
  }
  if (text_of(member(&root, "object")) == "error") return text_of(member(&root, "message"));
  return std::nullopt;
}

}  // namespace

Result<ChatChunk> read_chat_chunk(std::string_view text, std::string& server_message) {
  const auto root = runtime::parse_json(text);
  if (!root || !root->is_object()) {
    return Error{ErrorCode::kLlmFailed, "the language server sent something that cannot be read"};
  }
  if (const auto error = error_of(*root)) {
    server_message = *error;
    return Error{ErrorCode::kLlmFailed, "the language server reported an error"};
  }
  ChatChunk chunk;
  const json::value* choices = member(&*root, "choices");
  if (choices != nullptr && choices->is_array() && !choices->get_array().empty()) {
    const json::value* choice = &choices->get_array().front();
    const json::value* delta = member(choice, "delta");
    const json::value* said = delta != nullptr ? delta : member(choice, "message");
    chunk.text = text_of(member(said, "content"));
    chunk.calls = calls_of(member(said, "tool_calls"));
    const std::string_view reason = text_of(member(choice, "finish_reason"));
    if (!reason.empty()) chunk.finish = finish_of(reason);
  }
  if (const json::value* usage = member(&*root, "usage"); usage != nullptr && usage->is_object()) {
    chunk.usage =
        Usage{number_of(member(usage, "prompt_tokens")), number_of(member(usage, "completion_tokens"))};
  }
  return chunk;
}

}  // namespace parley::language
