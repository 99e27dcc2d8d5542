// SPDX-License-Identifier: Apache-2.0
// Server-sent events from bytes that come in any pieces (HTML Living Standard, 9.2.6).
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::language {

struct SseEvent {
  std::string name;  // empty: "message"
  std::string data;

  bool operator==(const SseEvent&) const = default;
};

class SseParser {
 public:
  static constexpr std::size_t kMaxEventBytes = 1U << 20U;

  // Appends the events that these bytes complete. PAYLOAD_TOO_LARGE when a line or an event is longer than
  // kMaxEventBytes; after that the parser is of no use. Lines end with LF, CR or CRLF; comments, unknown
  // fields, ids, retry times and events without data are left out, a leading byte order mark too.
  runtime::Result<> feed(std::string_view bytes, std::vector<SseEvent>& events);

 private:
  void take_line(std::vector<SseEvent>& events);

  std::string line_;
  std::string name_;
  std::string data_;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool first_line_ = true;
};

}  // namespace parley::language
