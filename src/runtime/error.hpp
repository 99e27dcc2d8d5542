// SPDX-License-Identifier: Apache-2.0
// The one error table: every expected failure of Parley carries one of these codes, and the code alone
// decides the HTTP status, the gRPC status and the OpenAI-style error type that a client sees.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace parley::runtime {

enum class ErrorCode : std::uint8_t {
  kBadRequest,
  kUnauthorized,
  kForbidden,
  kNotFound,
  kConflict,
  kPayloadTooLarge,
  kUnsupportedMedia,
  kRateLimitExceeded,
  kQuotaExceeded,
  kCancelled,
  kInternalError,
  kModelRequired,
  kLanguageUnavailable,
  kAsrFailed,
  kRagFailed,
  kLlmFailed,
  kTtsFailed,
  kVoiceFailed,
  kDiarizationFailed,
  kFaceFailed,
  kLipsyncFailed,
  kServiceUnavailable,
  kCircuitOpen,
  kOverloaded,
  kTimeout,
  kCount,  // number of codes, not a code
};

// How one code appears outside.
struct ErrorMapping {
  ErrorCode code;
  std::string_view name;         // "BAD_REQUEST"
  int http_status;               // 400
  std::string_view grpc_status;  // "INVALID_ARGUMENT"
  int grpc_code;                 // 3
  std::string_view openai_type;  // "invalid_request_error"
  bool retryable;
};

// All codes, in the order of the enum.
std::span<const ErrorMapping> error_table();

// The row of one code. kCount maps to INTERNAL_ERROR.
const ErrorMapping& mapping(ErrorCode code);

inline std::string_view name(ErrorCode code) { return mapping(code).name; }

// An expected failure: a code of the table, a sentence for the caller, and, where it helps, what it is about.
// The message is shown to clients: it never holds internals (paths, SQL, addresses, stack traces).
struct Error {
  ErrorCode code = ErrorCode::kInternalError;
  std::string message;
  std::string param = {};  // the field or argument at fault, as a JSON Pointer or a flag; may be empty
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;

  bool operator==(const Error&) const = default;
};

// "BAD_REQUEST: message (param)", for logs and the terminal.
std::string to_string(const Error& error);

}  // namespace parley::runtime
