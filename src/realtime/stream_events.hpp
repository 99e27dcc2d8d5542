// SPDX-License-Identifier: Apache-2.0
// What the assistant's clients say in JSON beside their binary audio (/stream, /audio/ingest).
#pragma once

#include "runtime/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace parley::realtime {

struct StreamStart {};
struct StreamStop {};
struct StreamInterrupt {};
struct StreamVad {  // the client's own detector hears the user speak
  double confidence = 0;
  std::chrono::milliseconds duration{};
};
struct StreamText {  // a question in writing; Parley's own
  std::string text;
};
struct StreamPing {};

using StreamEvent = std::variant<StreamStart, StreamStop, StreamInterrupt, StreamVad, StreamText, StreamPing>;

// {"type": "start"}, ...; "action" is taken for "type". BAD_REQUEST with the field at fault.
runtime::Result<StreamEvent> read_stream_event(std::string_view text);

}  // namespace parley::realtime
