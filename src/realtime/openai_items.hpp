// SPDX-License-Identifier: Apache-2.0
// Items of a conversation as the OpenAI Realtime protocol writes them: messages, calls of functions and their
// results.
#pragma once

#include "conversation/history.hpp"
#include "runtime/result.hpp"

#include <cstddef>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace parley::realtime {

inline constexpr std::size_t kLongestId = 64;            // bytes
inline constexpr std::size_t kLongestItem = 128 * 1024;  // bytes of its text

// BAD_REQUEST with what is wrong below `param` ("item"). The id is empty where the client gave none.
runtime::Result<conversation::HistoryItem> read_item(const boost::json::value& item,
                                                     const std::string& param);

// `status`: in_progress, completed or incomplete.
boost::json::object describe_item(const conversation::HistoryItem& item, std::string_view status);
boost::json::object describe_item(const conversation::HistoryItem& item);

}  // namespace parley::realtime
