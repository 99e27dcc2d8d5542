// SPDX-License-Identifier: Apache-2.0
// The head of a response as it goes over the wire (RFC 9112, 4 and 5). Inside net only.
#pragma once

#include "net/http.hpp"
#include "runtime/clock.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace parley::net {

struct HeadOptions {
  std::optional<std::size_t> content_length = std::nullopt;  // absent: none is announced
  bool chunked = false;
  bool close = false;     // the connection ends after this response
  bool http_1_0 = false;  // the client's version
  std::string correlation_id = {};
  runtime::WallTime now = {};
};

// Status line and header fields up to and with the empty line. Characters that could end a field are
// replaced, so a value made from input cannot add fields of its own.
std::string format_head(const Response& response, const HeadOptions& options);

// One event of an event stream: "event: name", a "data:" line for each line, an empty line.
std::string format_event(const ServerEvent& event);

}  // namespace parley::net
