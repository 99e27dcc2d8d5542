// SPDX-License-Identifier: Apache-2.0
// The functions that a client of the OpenAI Realtime protocol offers, in sessions and responses alike.
#pragma once

#include "conversation/channel.hpp"
#include "runtime/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace parley::realtime {

inline constexpr std::size_t kMostTools = 128;
inline constexpr std::size_t kLongestTools = 256 * 1024;  // bytes of all of them
inline constexpr std::int64_t kMostOutputTokens = 4096;

// Each reads its member of `object` (`tools`, `tool_choice`, `max_output_tokens`) where it is there, and
// leaves `out` as it is where not. BAD_REQUEST with what is wrong below `param`, which ends with a dot.
runtime::Result<> read_tools(const boost::json::value& object, const std::string& param,
                             std::optional<std::vector<language::Tool>>& out);
runtime::Result<> read_tool_choice(const boost::json::value& object, const std::string& param,
                                   std::optional<language::ToolChoice>& out);
// `out` is 0 for "inf".
runtime::Result<> read_max_tokens(const boost::json::value& object, const std::string& param,
                                  std::optional<std::int64_t>& out);

// BAD_REQUEST when a function is to be called that is not there.
runtime::Result<> check_choice(const language::ToolChoice& choice, const std::vector<language::Tool>& tools,
                               const std::string& param);

boost::json::array describe_tools(const std::vector<language::Tool>& tools);
boost::json::value describe_choice(const language::ToolChoice& choice);
// A number, or "inf".
boost::json::value describe_max_tokens(std::optional<std::int64_t> most);

}  // namespace parley::realtime
