// SPDX-License-Identifier: Apache-2.0
// What a chat completions server says on the wire, for scripts of runtime/testing/tcp_script.hpp.
#pragma once

#include "runtime/testing/tcp_script.hpp"

#include <string>
#include <string_view>

namespace parley::language::testing {

inline const std::string kEventStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";

// One piece of a chunked body.
inline std::string chunked(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string size;
  for (std::size_t left = bytes.size(); left > 0; left /= 16) size.insert(size.begin(), kHex[left % 16]);
  return size + "\r\n" + std::string(bytes) + "\r\n";
}

inline const std::string kLastChunk = "0\r\n\r\n";

// The event of one piece of an answer; `content` needs no escaping.
inline std::string word_event(std::string_view content) {
  return R"(data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":")" +
         std::string(content) + "\"},\"finish_reason\":null}]}\n\n";
}

inline std::string finish_event(std::string_view reason = "stop") {
  return R"(data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":")" +
         std::string(reason) + "\"}]}\n\n";
}

inline const std::string kUsageEvent =
    "data: {\"object\":\"chat.completion.chunk\",\"choices\":[],\"usage\":{\"prompt_tokens\":12,"
    "\"completion_tokens\":5,\"total_tokens\":17}}\n\n";

inline const std::string kDoneEvent = "data: [DONE]\n\n";

inline std::string json_answer(std::string_view status, std::string_view body,
                               std::string_view headers = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: application/json\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace parley::language::testing
