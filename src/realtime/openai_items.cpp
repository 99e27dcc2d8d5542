// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_items.hpp"

#include "realtime/json_fields.hpp"

#include <array>
#include <utility>

#include <boost/json/array.hpp>

namespace parley::realtime {
namespace json = boost::json;

using conversation::HistoryItem;
using language::ChatRole;
using runtime::Result;

namespace {

struct RoleName {
  std::string_view name;
  ChatRole role;
};
constexpr std::array kRoles{RoleName{"user", ChatRole::kUser}, RoleName{"assistant", ChatRole::kAssistant},
                            RoleName{"system", ChatRole::kSystem}};

// Text, or what was spoken with the words that it was. `item.spoken` when any of it was.
Result<> read_part(const json::value& part, const std::string& param, HistoryItem& item) {
  std::string type;
  std::string text;
  const auto typed = read_member(part, "type", type, param + ".type");
  if (!typed) return typed.error();
  const bool spoken = type == "input_audio" || type == "output_audio" || type == "audio";
  if (!spoken && type != "input_text" && type != "output_text" && type != "text") {
    return bad_field("expected input_text, output_text, input_audio or output_audio", param + ".type");
  }
  const auto read = read_member(part, spoken ? "transcript" : "text", text, param + ".text");
  if (!read) return read.error();
  if (spoken && text.empty()) {
    return bad_field("audio in an item needs its transcript; send audio with input_audio_buffer.append",
                     param);
  }
  item.spoken = item.spoken || spoken;
  if (!item.text.empty() && !text.empty()) item.text += ' ';
  item.text += text;
  return {};
}

Result<> read_message(const json::value& json, const std::string& param, HistoryItem& item) {
  std::string role;
  const auto read = read_member(json, "role", role, param + ".role");
  if (!read) return read.error();
  const auto* known = std::ranges::find(kRoles, role, &RoleName::name);
  if (known == kRoles.end()) return bad_field("expected user, assistant or system", param + ".role");
  item.role = known->role;
  const json::value* content = member(json, "content");
  if (content == nullptr || !content->is_array()) return bad_field("expected an array", param + ".content");
  for (const json::value& part : content->get_array()) {
    const auto taken = read_part(part, param + ".content", item);
    if (!taken) return taken.error();
  }
  if (item.text.empty()) return bad_field("the item holds no text", param + ".content");
  return {};
}

Result<> read_call(const json::value& json, const std::string& param, HistoryItem& item) {
  language::ToolCall call;
  for (const auto& read : {read_member(json, "call_id", call.id, param + ".call_id"),
                           read_member(json, "name", call.name, param + ".name"),
                           read_member(json, "arguments", call.arguments, param + ".arguments")}) {
    if (!read) return read.error();
  }
  if (call.name.empty() || call.name.size() > kLongestId)
    return bad_field("expected a name", param + ".name");
  if (call.id.empty() || call.id.size() > kLongestId) {
    return bad_field("expected 1 to 64 bytes", param + ".call_id");
  }
  item.role = ChatRole::kAssistant;
  item.call = std::move(call);
  return {};
}

Result<> read_result(const json::value& json, const std::string& param, HistoryItem& item) {
  for (const auto& read : {read_member(json, "call_id", item.call_id, param + ".call_id"),
                           read_member(json, "output", item.text, param + ".output")}) {
    if (!read) return read.error();
  }
  if (item.call_id.empty() || item.call_id.size() > kLongestId) {
    return bad_field("expected 1 to 64 bytes", param + ".call_id");
  }
  item.role = ChatRole::kTool;
  return {};
}

std::string_view role_name(ChatRole role) {
  const auto* known = std::ranges::find(kRoles, role, &RoleName::role);
  return known == kRoles.end() ? "user" : known->name;
}

json::object content_of(const HistoryItem& item) {
  const bool output = item.role == ChatRole::kAssistant;
  if (!item.spoken) return {{"type", output ? "output_text" : "input_text"}, {"text", item.text}};
  const bool known = output || !item.text.empty();
  return {{"type", output ? "output_audio" : "input_audio"},
          {"transcript", known ? json::value(item.text) : json::value(nullptr)}};
}

}  // namespace

Result<HistoryItem> read_item(const json::value& json, const std::string& param) {
  if (!json.is_object()) return bad_field("expected an object", param);
  HistoryItem item;
  std::string type = "message";
  for (const auto& read :
       {read_member(json, "type", type, param + ".type"), read_member(json, "id", item.id, param + ".id")}) {
    if (!read) return read.error();
  }
  if (item.id.size() > kLongestId) return bad_field("expected at most 64 bytes", param + ".id");
  Result<> read = bad_field("expected message, function_call or function_call_output", param + ".type");
  if (type == "message") read = read_message(json, param, item);
  if (type == "function_call") read = read_call(json, param, item);
  if (type == "function_call_output") read = read_result(json, param, item);
  if (!read) return read.error();
  if (item.bytes() > kLongestItem) return bad_field("expected at most 128 KiB", param);
  return item;
}

json::object describe_item(const HistoryItem& item, std::string_view status) {
  json::object described{{"id", item.id}, {"object", "realtime.item"}, {"status", status}};
  if (item.call) {
    described["type"] = "function_call";
    described["call_id"] = item.call->id;
    described["name"] = item.call->name;
    described["arguments"] = item.call->arguments;
  } else if (item.role == ChatRole::kTool) {
    described["type"] = "function_call_output";
    described["call_id"] = item.call_id;
    described["output"] = item.text;
  } else {
    described["type"] = "message";
    described["role"] = role_name(item.role);
    described["content"] = json::array{content_of(item)};
  }
  return described;
}

json::object describe_item(const HistoryItem& item) {
  return describe_item(item, item.completed ? "completed" : "incomplete");
}

}  // namespace parley::realtime
