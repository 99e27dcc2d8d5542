// SPDX-License-Identifier: Apache-2.0
#include "runtime/error.hpp"

#include <array>

namespace parley::runtime {
namespace {

using enum ErrorCode;

constexpr std::string_view kInvalid = "invalid_request_error";
constexpr std::string_view kServer = "server_error";
constexpr std::string_view kRateLimit = "rate_limit_error";

constexpr std::array kTable = {
    ErrorMapping{kBadRequest, "BAD_REQUEST", 400, "INVALID_ARGUMENT", 3, kInvalid, false},
    ErrorMapping{kUnauthorized, "UNAUTHORIZED", 401, "UNAUTHENTICATED", 16, "authentication_error", false},
    ErrorMapping{kForbidden, "FORBIDDEN", 403, "PERMISSION_DENIED", 7, "permission_error", false},
    ErrorMapping{kNotFound, "NOT_FOUND", 404, "NOT_FOUND", 5, "not_found_error", false},
    ErrorMapping{kConflict, "CONFLICT", 409, "ALREADY_EXISTS", 6, kInvalid, false},
    ErrorMapping{kPayloadTooLarge, "PAYLOAD_TOO_LARGE", 413, "RESOURCE_EXHAUSTED", 8, kInvalid, false},
    ErrorMapping{kUnsupportedMedia, "UNSUPPORTED_MEDIA", 415, "INVALID_ARGUMENT", 3, kInvalid, false},
    ErrorMapping{kRateLimitExceeded, "RATE_LIMIT_EXCEEDED", 429, "RESOURCE_EXHAUSTED", 8, kRateLimit, true},
    ErrorMapping{kQuotaExceeded, "QUOTA_EXCEEDED", 429, "RESOURCE_EXHAUSTED", 8, kRateLimit, false},
    ErrorMapping{kCancelled, "CANCELLED", 499, "CANCELLED", 1, kInvalid, false},
    ErrorMapping{kInternalError, "INTERNAL_ERROR", 500, "INTERNAL", 13, kServer, false},
    ErrorMapping{kModelRequired, "MODEL_REQUIRED", 501, "UNIMPLEMENTED", 12, kInvalid, false},
    ErrorMapping{kLanguageUnavailable, "LANGUAGE_UNAVAILABLE", 501, "UNIMPLEMENTED", 12, kInvalid, false},
    ErrorMapping{kAsrFailed, "ASR_FAILED", 502, "INTERNAL", 13, kServer, true},
    ErrorMapping{kRagFailed, "RAG_FAILED", 502, "INTERNAL", 13, kServer, true},
    ErrorMapping{kLlmFailed, "LLM_FAILED", 502, "INTERNAL", 13, kServer, true},
    ErrorMapping{kTtsFailed, "TTS_FAILED", 502, "INTERNAL", 13, kServer, true},
    ErrorMapping{kVoiceFailed, "VOICE_FAILED", 502, "INTERNAL", 13, kServer, true},
    ErrorMapping{kDiarizationFailed, "DIARIZATION_FAILED", 502, "INTERNAL", 13, kServer, true},
    ErrorMapping{kFaceFailed, "FACE_FAILED", 502, "INTERNAL", 13, kServer, true},
    ErrorMapping{kLipsyncFailed, "LIPSYNC_FAILED", 502, "INTERNAL", 13, kServer, true},
    ErrorMapping{kServiceUnavailable, "SERVICE_UNAVAILABLE", 503, "UNAVAILABLE", 14, kServer, true},
    ErrorMapping{kCircuitOpen, "CIRCUIT_OPEN", 503, "UNAVAILABLE", 14, kServer, true},
    ErrorMapping{kOverloaded, "OVERLOADED", 503, "UNAVAILABLE", 14, kServer, true},
    ErrorMapping{kTimeout, "TIMEOUT", 504, "DEADLINE_EXCEEDED", 4, kServer, true},
};
static_assert(kTable.size() == static_cast<std::size_t>(kCount), "every code needs a row");

}  // namespace

std::span<const ErrorMapping> error_table() { return kTable; }

const ErrorMapping& mapping(ErrorCode code) {
  const auto index = static_cast<std::size_t>(code);
  return index < kTable.size() ? kTable[index] : kTable[static_cast<std::size_t>(kInternalError)];
}

std::string to_string(const Error& error) {
  std::string text(name(error.code));
  text += ": ";
  text += error.message;
  if (!error.param.empty()) text += " (" + error.param + ")";
  return text;
}

}  // namespace parley::runtime
