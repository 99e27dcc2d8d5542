// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"
#include "app/documents.hpp"
#include "app/terminal.hpp"
#include "conversation/trace.hpp"
#include "runtime/json.hpp"

#include <cstdint>
#include <filesystem>
#include <system_error>

#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>
#include <fmt/format.h>

namespace parley::app {
namespace json = boost::json;

namespace {

// No session's trace is larger (conversation.trace_megabytes).
constexpr std::uintmax_t kLargest = 1U << 30U;

runtime::Result<conversation::Replayed> replay_file(const std::string& file) {
  std::error_code failure;
  if (std::filesystem::file_size(file, failure) > kLargest && !failure) {
    return runtime::Error{runtime::ErrorCode::kPayloadTooLarge, "this is too large for a trace"};
  }
  if (failure || !std::filesystem::is_regular_file(file, failure)) {
    return runtime::Error{runtime::ErrorCode::kNotFound, "the file cannot be read"};
  }
  const auto trace = read_file(file);
  if (!trace) return trace.error();
  return conversation::replay(*trace);
}

}  // namespace

int replay(const CommandContext& context, const std::string& file) {
  const auto replayed = replay_file(file);
  if (!replayed) {
    complain(file, replayed.error());
    return kExitFailed;
  }
  if (context.json) {
    fmt::print("{}\n", runtime::to_json(json::object{
                           {"events", replayed->events},
                           {"differences", replayed->differences},
                           {"shown", json::value_from(replayed->shown)},
                           {"flaw", replayed->flaw ? json::value(*replayed->flaw) : json::value(nullptr)}}));
  } else {
    for (const std::string& difference : replayed->shown) fmt::print("{}\n", difference);
    fmt::print("{} events, {} differences\n", replayed->events, replayed->differences);
  }
  if (replayed->flaw) complain(file, {runtime::ErrorCode::kBadRequest, *replayed->flaw});
  return replayed->differences == 0 && !replayed->flaw ? kExitDone : kExitFailed;
}

}  // namespace parley::app
