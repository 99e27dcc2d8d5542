// SPDX-License-Identifier: Apache-2.0
#include "realtime/clone_events.hpp"

#include "realtime/audio_path.hpp"
#include "realtime/base64.hpp"
#include "runtime/json.hpp"

#include <array>
#include <utility>

#include <boost/json/value.hpp>

namespace parley::realtime {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMaxTextBytes = 8 * 1024;
// The largest audio in Base64, and room for what is around it.
constexpr std::size_t kMaxMessageBytes = kMaxAudioBytes / 3 * 4 + 64 * 1024;

Error bad(std::string message, std::string_view param) {
  return Error{ErrorCode::kBadRequest, std::move(message), std::string(param)};
}

Result<std::string_view> text_at(const json::object& data, std::string_view key) {
  const json::value* found = data.if_contains(key);
  if (found == nullptr || !found->is_string()) return bad("expected text", key);
  return std::string_view(found->get_string());
}

// A whole number of 0 or more, where there is one.
Result<std::optional<std::int64_t>> number_at(const json::object& data, std::string_view key) {
  const json::value* found = data.if_contains(key);
  if (found == nullptr || found->is_null()) return std::optional<std::int64_t>();
  boost::system::error_code failure;
  const auto number = found->to_number<std::int64_t>(failure);
  if (failure || number < 0) return bad("expected a whole number of 0 or more", key);
  return std::optional(number);
}

Result<CloneEvent> read_audio(const json::object& data) {
  const auto number = number_at(data, "sequenceNumber");
  if (!number) return number.error();
  const auto text = text_at(data, "audioData");
  if (!text) return bad("expected Base64", "audioData");
  const auto bytes = decode_base64(*text);
  if (!bytes) return bad("expected Base64", "audioData");
  return CloneAudio{std::string(bytes->begin(), bytes->end())};
}

Result<CloneEvent> read_text(const json::object& data) {
  const auto text = text_at(data, "text");
  if (!text) return text.error();
  if (text->find_first_not_of(" \t\r\n") == std::string_view::npos) return bad("must not be empty", "text");
  if (text->size() > kMaxTextBytes) return bad("is too long", "text");
  return CloneText{std::string(*text)};
}

struct ErrorAlias {
  ErrorCode code;
  std::string_view name;
};
constexpr std::array kAliases{
    ErrorAlias{ErrorCode::kBadRequest, "VALIDATION_ERROR"},
    ErrorAlias{ErrorCode::kConflict, "ALREADY_EXISTS"},
    ErrorAlias{ErrorCode::kPayloadTooLarge, "INVALID_INPUT"},
    ErrorAlias{ErrorCode::kUnsupportedMedia, "INVALID_INPUT"},
    ErrorAlias{ErrorCode::kQuotaExceeded, "RATE_LIMIT_EXCEEDED"},
    ErrorAlias{ErrorCode::kInternalError, "INTERNAL_SERVER_ERROR"},
    ErrorAlias{ErrorCode::kAsrFailed, "ASR_ERROR"},
    ErrorAlias{ErrorCode::kRagFailed, "RAG_ERROR"},
    ErrorAlias{ErrorCode::kLlmFailed, "LLM_ERROR"},
    ErrorAlias{ErrorCode::kTtsFailed, "TTS_ERROR"},
    ErrorAlias{ErrorCode::kVoiceFailed, "VOICE_MODEL_NOT_FOUND"},
    ErrorAlias{ErrorCode::kFaceFailed, "FACE_PROCESSING_ERROR"},
    ErrorAlias{ErrorCode::kLipsyncFailed, "LIPSYNC_ERROR"},
    ErrorAlias{ErrorCode::kOverloaded, "QUEUE_FULL"},
    ErrorAlias{ErrorCode::kCircuitOpen, "SERVICE_UNAVAILABLE"},
};

}  // namespace

Result<CloneEvent> read_clone_event(std::string_view type, const json::object& data) {
  if (type == "audio_chunk") return read_audio(data);
  if (type == "end_utterance") return CloneEndUtterance{};
  if (type == "interruption") {
    const auto index = number_at(data, "turnIndex");
    if (!index) return index.error();
    return CloneInterruption{*index};
  }
  if (type == "text_message") return read_text(data);
  if (type == "ping") return ClonePing{};
  if (type == "pong") return ClonePong{};
  return bad("there is no such event", "type");
}

Result<CloneEvent> read_clone_message(std::string_view text, std::string_view session_id) {
  if (text.size() > kMaxMessageBytes) {
    return Error{ErrorCode::kPayloadTooLarge, "a message holds at most 1 MiB of audio"};
  }
  const auto value = runtime::parse_json(text);
  if (!value) return value.error();
  if (!value->is_object()) return bad("expected an object", "");
  const json::object& envelope = value->get_object();
  const auto type = text_at(envelope, "type");
  if (!type) return type.error();
  const auto time = number_at(envelope, "timestamp");
  if (!time) return time.error();
  if (const json::value* id = envelope.if_contains("sessionId"); id != nullptr && !id->is_null()) {
    if (!id->is_string()) return bad("expected text", "sessionId");
    if (std::string_view(id->get_string()) != session_id) {
      return Error{ErrorCode::kForbidden, "this connection is for another session", "sessionId"};
    }
  }
  const json::value* data = envelope.if_contains("data");
  if (data == nullptr || data->is_null()) return read_clone_event(*type, envelope);
  if (!data->is_object()) return bad("expected an object", "data");
  return read_clone_event(*type, data->get_object());
}

std::string_view clone_error_name(ErrorCode code) {
  for (const ErrorAlias& alias : kAliases) {
    if (alias.code == code) return alias.name;
  }
  return runtime::name(code);
}

bool is_recoverable(const Error& error) {
  return error.code != ErrorCode::kUnauthorized && error.code != ErrorCode::kForbidden &&
         error.code != ErrorCode::kInternalError;
}

}  // namespace parley::realtime
