// SPDX-License-Identifier: Apache-2.0
// Structured logs: one JSON object per line with time, level, event, correlation id and fields. Logged once,
// where an error is handled; hot paths use `bounded` so that a flood costs one line a second.
#pragma once

#include "runtime/config.hpp"
#include "runtime/context.hpp"

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/value.hpp>

namespace parley::runtime {

struct LogConfig {
  std::string level = "info";   // debug, info, warn, error, off
  std::string format = "json";  // json or text
  std::string file = {};        // empty: standard error
  std::int64_t rotate_bytes = 10'000'000;
  std::int64_t rotate_files = 5;

  void bind(ConfigSpec& spec);
  Result<> validate() const;
};

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

struct LogField {
  std::string_view key;
  boost::json::value value;

  LogField(std::string_view name, boost::json::value content) : key(name), value(std::move(content)) {}
  template <class Text>
    requires std::convertible_to<Text, std::string_view>
  LogField(std::string_view name, const Text& text)
      : key(name), value(boost::json::string(std::string_view(text))) {}
};
using LogFields = std::initializer_list<LogField>;

// Thread-safe. A file that cannot be written is reported once on standard error; logging never throws.
class Log {
 public:
  static Result<std::shared_ptr<Log>> open(const LogConfig& config);
  // Drops everything: for tests.
  static std::shared_ptr<Log> none();
  virtual ~Log() = default;

  virtual bool enabled(LogLevel level) const = 0;
  // `event` is a fixed snake_case name; what varies goes into fields.
  virtual void write(LogLevel level, const Context& context, std::string_view event, LogFields fields) = 0;

  void debug(const Context& context, std::string_view event, LogFields fields = {}) {
    if (enabled(LogLevel::kDebug)) write(LogLevel::kDebug, context, event, fields);
  }
  void info(const Context& context, std::string_view event, LogFields fields = {}) {
    if (enabled(LogLevel::kInfo)) write(LogLevel::kInfo, context, event, fields);
  }
  void warn(const Context& context, std::string_view event, LogFields fields = {}) {
    if (enabled(LogLevel::kWarn)) write(LogLevel::kWarn, context, event, fields);
  }
  void error(const Context& context, std::string_view event, LogFields fields = {}) {
    if (enabled(LogLevel::kError)) write(LogLevel::kError, context, event, fields);
  }
};

// Lets one line a second through, and tells how many were held back.
class LogLimiter {
 public:
  // The number held back since the last line if this one may be written, nothing otherwise.
  std::optional<std::uint64_t> admit(TimePoint now);

 private:
  std::atomic<std::int64_t> next_ns_{0};
  std::atomic<std::uint64_t> held_{0};
};

}  // namespace parley::runtime
