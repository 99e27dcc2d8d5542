// SPDX-License-Identifier: Apache-2.0
#include "runtime/log.hpp"

#include "runtime/json.hpp"
#include "runtime/wall_time.hpp"

#include <algorithm>
#include <cstdio>

#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace parley::runtime {
namespace json = boost::json;
namespace {

struct LevelName {
  std::string_view name;
  spdlog::level::level_enum level;
};

constexpr LevelName kLevels[] = {{"debug", spdlog::level::debug},
                                 {"info", spdlog::level::info},
                                 {"warn", spdlog::level::warn},
                                 {"error", spdlog::level::err},
                                 {"off", spdlog::level::off}};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  return kLevels[static_cast<std::size_t>(level)].level;
}

class SpdLog final : public Log {
 public:
  SpdLog(std::shared_ptr<spdlog::logger> logger, bool json_lines)
      : logger_(std::move(logger)), json_lines_(json_lines) {}

  bool enabled(LogLevel level) const override { return logger_->should_log(spdlog_level(level)); }

  void write(LogLevel level, const Context& context, std::string_view event, LogFields fields) override {
    logger_->log(spdlog_level(level), json_lines_ ? json_line(level, context, event, fields)
                                                  : text_line(level, context, event, fields));
  }

 private:
  static std::string json_line(LogLevel level, const Context& context, std::string_view event,
                               LogFields fields) {
    json::object line;
    line["time"] = iso_time(SystemClock().wall_now());
    line["level"] = kLevels[static_cast<std::size_t>(level)].name;
    line["event"] = event;
    if (!context.correlation_id.empty()) line["correlation_id"] = context.correlation_id;
    for (const auto& [key, value] : fields) line[key] = value;
    return to_json(line);
  }

  static std::string text_line(LogLevel level, const Context& context, std::string_view event,
                               LogFields fields) {
    std::string line = fmt::format("{} {:<5} {}", iso_time(SystemClock().wall_now()),
                                   kLevels[static_cast<std::size_t>(level)].name, event);
    for (const auto& [key, value] : fields) {
      line += fmt::format(" {}={}", key, to_json(value));
    }
    if (!context.correlation_id.empty()) line += " correlation_id=" + context.correlation_id;
    return line;
  }

  std::shared_ptr<spdlog::logger> logger_;
  bool json_lines_;
};

class NoLog final : public Log {
 public:
  bool enabled(LogLevel) const override { return false; }
  void write(LogLevel, const Context&, std::string_view, LogFields) override {}
};

}  // namespace

void LogConfig::bind(ConfigSpec& spec) {
  spec.bind("log.level", level, "debug, info, warn, error or off", {.environment = {"LOG_LEVEL"}});
  spec.bind("log.format", format, "json (one object per line) or text");
  spec.bind("log.file", file, "file to write to; empty means standard error");
  spec.bind("log.rotate_bytes", rotate_bytes, "size at which the file is rotated");
  spec.bind("log.rotate_files", rotate_files, "rotated files kept");
}

Result<> LogConfig::validate() const {
  const bool known = std::any_of(std::begin(kLevels), std::end(kLevels),
                                 [&](const LevelName& row) { return row.name == level; });
  if (!known) return Error{ErrorCode::kBadRequest, "expected debug, info, warn, error or off", "log.level"};
  if (format != "json" && format != "text") {
    return Error{ErrorCode::kBadRequest, "expected json or text", "log.format"};
  }
  if (rotate_bytes < 1000 || rotate_files < 1) {
    return Error{ErrorCode::kBadRequest, "expected at least 1000 bytes and 1 file", "log.rotate_bytes"};
  }
  return {};
}

Result<std::shared_ptr<Log>> Log::open(const LogConfig& config) {
  std::shared_ptr<spdlog::sinks::sink> sink;
  try {
    if (config.file.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
          config.file, static_cast<std::size_t>(config.rotate_bytes),
          static_cast<std::size_t>(config.rotate_files));
    }
  } catch (const spdlog::spdlog_ex&) {
    return Error{ErrorCode::kBadRequest, "the log file cannot be opened for writing", "log.file"};
  }
  auto logger = std::make_shared<spdlog::logger>("parley", sink);
  logger->set_pattern("%v");
  for (const auto& row : kLevels) {
    if (row.name == config.level) logger->set_level(row.level);
  }
  logger->flush_on(spdlog::level::trace);  // who follows the file sees each line
  logger->set_error_handler([](const std::string&) {
    static std::atomic_flag reported;
    if (!reported.test_and_set()) std::fputs("parley: the log cannot be written\n", stderr);
  });
  return std::shared_ptr<Log>(std::make_shared<SpdLog>(std::move(logger), config.format == "json"));
}

std::shared_ptr<Log> Log::none() { return std::make_shared<NoLog>(); }

std::optional<std::uint64_t> LogLimiter::admit(TimePoint now) {
  const std::int64_t at =
      std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
  std::int64_t next = next_ns_.load(std::memory_order_relaxed);
  if (at < next || !next_ns_.compare_exchange_strong(next, at + 1'000'000'000)) {
    held_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  return held_.exchange(0);
}

}  // namespace parley::runtime
