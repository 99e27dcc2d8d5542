// SPDX-License-Identifier: Apache-2.0
#include "realtime/stream_events.hpp"

#include "runtime/json.hpp"

#include <optional>
#include <utility>

#include <boost/json/object.hpp>

namespace parley::realtime {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMaxMessageBytes = 64 * 1024;
constexpr std::size_t kMaxTextBytes = 8 * 1024;
constexpr double kLongestSpeech = 3'600'000;

struct Message {
  std::optional<std::string> type;
  std::optional<std::string> action;
  double confidence = 0;
  double duration = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Message, (), (type, action, confidence, duration, text))

Error bad(std::string message, std::string param) {
  return Error{ErrorCode::kBadRequest, std::move(message), std::move(param)};
}

}  // namespace

Result<StreamEvent> read_stream_event(std::string_view text) {
  if (text.size() > kMaxMessageBytes) return Error{ErrorCode::kPayloadTooLarge, "a message is too large"};
  const auto value = runtime::parse_json(text);
  if (!value) return value.error();
  Message message;
  const auto read = runtime::read_json(*value, message);
  if (!read) return read.error();
  const std::string type = message.type.value_or(message.action.value_or(""));
  if (type == "start") return StreamStart{};
  if (type == "stop") return StreamStop{};
  if (type == "interrupt") return StreamInterrupt{};
  if (type == "ping") return StreamPing{};
  if (type == "vad") {
    if (!(message.confidence >= 0 && message.confidence <= 1)) return bad("expected 0 to 1", "/confidence");
    if (!(message.duration >= 0 && message.duration <= kLongestSpeech)) {
      return bad("expected milliseconds", "/duration");
    }
    return StreamVad{message.confidence,
                     std::chrono::milliseconds(static_cast<std::int64_t>(message.duration))};
  }
  if (type == "text") {
    if (message.text.find_first_not_of(" \t\r\n") == std::string::npos)
      return bad("must not be empty", "/text");
    if (message.text.size() > kMaxTextBytes) return bad("is too long", "/text");
    return StreamText{std::move(message.text)};
  }
  return bad("expected start, stop, interrupt, vad, text or ping", "/type");
}

}  // namespace parley::realtime
