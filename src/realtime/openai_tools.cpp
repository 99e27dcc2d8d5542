// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_tools.hpp"

#include "realtime/json_fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::realtime {
namespace json = boost::json;

using language::Tool;
using language::ToolChoice;
using runtime::Result;

namespace {

constexpr std::size_t kLongestName = 64;

bool is_function_name(std::string_view name) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return !name.empty() && name.size() <= kLongestName &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

Result<Tool> read_tool(const json::value& json, const std::string& param) {
  Tool tool;
  std::string type = "function";
  for (const auto& read : {read_member(json, "type", type, param + ".type"),
                           read_member(json, "name", tool.name, param + ".name"),
                           read_member(json, "description", tool.description, param + ".description")}) {
    if (!read) return read.error();
  }
  if (type != "function") return bad_field("only functions can be called here", param + ".type");
  if (!is_function_name(tool.name)) {
    return bad_field("expected 1 to 64 letters, digits, _ or -", param + ".name");
  }
  if (const json::value* parameters = member(json, "parameters")) {
    if (!parameters->is_object()) return bad_field("expected a JSON Schema", param + ".parameters");
    tool.parameters = runtime::to_json(*parameters);
  }
  return tool;
}

struct ChoiceName {
  std::string_view name;
  ToolChoice::Mode mode;
};
constexpr std::array kChoices{ChoiceName{"auto", ToolChoice::Mode::kAuto},
                              ChoiceName{"none", ToolChoice::Mode::kNone},
                              ChoiceName{"required", ToolChoice::Mode::kRequired}};

}  // namespace

Result<> read_tools(const json::value& object, const std::string& param,
                    std::optional<std::vector<Tool>>& out) {
  const json::value* found = member(object, "tools");
  if (found == nullptr) return {};
  if (!found->is_array()) return bad_field("expected an array", param + "tools");
  if (found->get_array().size() > kMostTools) return bad_field("expected at most 128 tools", param + "tools");
  std::vector<Tool> tools;
  std::size_t bytes = 0;
  for (const json::value& json : found->get_array()) {
    auto tool = read_tool(json, param + "tools[" + std::to_string(tools.size()) + "]");
    if (!tool) return tool.error();
    bytes += tool->name.size() + tool->description.size() + tool->parameters.size();
    tools.push_back(std::move(*tool));
  }
  if (bytes > kLongestTools) return bad_field("expected at most 256 KiB", param + "tools");
  out = std::move(tools);
  return {};
}

Result<> read_tool_choice(const json::value& object, const std::string& param,
                          std::optional<ToolChoice>& out) {
  const json::value* found = member(object, "tool_choice");
  if (found == nullptr) return {};
  const std::string at = param + "tool_choice";
  if (found->is_string()) {
    const auto* known = std::ranges::find(kChoices, std::string_view(found->get_string()), &ChoiceName::name);
    if (known == kChoices.end()) return bad_field("expected auto, none, required or a function", at);
    out = ToolChoice{known->mode};
    return {};
  }
  std::string type;
  ToolChoice choice{ToolChoice::Mode::kNamed};
  for (const auto& read : {read_member(*found, "type", type, at + ".type"),
                           read_member(*found, "name", choice.name, at + ".name")}) {
    if (!read) return read.error();
  }
  if (type != "function") return bad_field("expected auto, none, required or a function", at);
  out = std::move(choice);
  return {};
}

Result<> read_max_tokens(const json::value& object, const std::string& param,
                         std::optional<std::int64_t>& out) {
  const json::value* found = member(object, "max_output_tokens");
  if (found == nullptr) return {};
  if (*found == "inf") {
    out = 0;
    return {};
  }
  std::int64_t most = 0;
  const auto read = runtime::read_json(*found, most);
  if (!read || most < 1 || most > kMostOutputTokens) {
    return bad_field("expected 1 to 4096, or inf", param + "max_output_tokens");
  }
  out = most;
  return {};
}

Result<> check_choice(const ToolChoice& choice, const std::vector<Tool>& tools, const std::string& param) {
  const bool known = choice.mode != ToolChoice::Mode::kNamed ||
                     std::ranges::find(tools, choice.name, &Tool::name) != tools.end();
  if (!known) return bad_field("there is no such function among the tools", param + "tool_choice.name");
  return {};
}

json::array describe_tools(const std::vector<Tool>& tools) {
  json::array described;
  for (const Tool& tool : tools) {
    json::object json{{"type", "function"}, {"name", tool.name}, {"description", tool.description}};
    if (auto parameters = runtime::parse_json(tool.parameters)) json["parameters"] = std::move(*parameters);
    described.push_back(std::move(json));
  }
  return described;
}

json::value describe_choice(const ToolChoice& choice) {
  const auto* known = std::ranges::find(kChoices, choice.mode, &ChoiceName::mode);
  if (known != kChoices.end()) return json::value(known->name);
  return {{"type", "function"}, {"name", choice.name}};
}

json::value describe_max_tokens(std::optional<std::int64_t> most) {
  return most ? json::value(*most) : json::value("inf");
}

}  // namespace parley::realtime
