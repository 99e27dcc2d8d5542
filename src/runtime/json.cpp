// SPDX-License-Identifier: Apache-2.0
#include "runtime/json.hpp"

#include <cmath>
#include <iterator>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>
#include <fmt/format.h>

namespace parley::runtime {
namespace json = boost::json;

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  json::stream_parser parser({}, options);
  boost::system::error_code error;
  const std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error && used < text.size()) error = json::error::extra_data;
  if (!error) parser.finish(error);
  if (error == json::error::too_deep) {
    return Error{ErrorCode::kBadRequest,
                 fmt::format("the JSON is nested deeper than {} levels", kMaxJsonDepth)};
  }
  if (error) {
    return Error{ErrorCode::kBadRequest, fmt::format("not valid JSON at byte {}", used)};
  }
  return parser.release();
}

namespace {

// Boost writes 0.5 as 5E-1: legal, but nothing a person wants to read in a log.
void write(const json::value& value, std::string& out) {
  switch (value.kind()) {
    case json::kind::object: {
      out += '{';
      bool first = true;
      for (const auto& [key, item] : value.get_object()) {
        if (!std::exchange(first, false)) out += ',';
        out += json::serialize(json::string_view(key));
        out += ':';
        write(item, out);
      }
      out += '}';
      return;
    }
    case json::kind::array: {
      out += '[';
      bool first = true;
      for (const json::value& item : value.get_array()) {
        if (!std::exchange(first, false)) out += ',';
        write(item, out);
      }
      out += ']';
      return;
    }
    case json::kind::double_:
      if (!std::isfinite(value.get_double())) {
        out += "null";
      } else {
        fmt::format_to(std::back_inserter(out), "{}", value.get_double());
      }
      return;
    default:
      out += json::serialize(value);
      return;
  }
}

}  // namespace

std::string to_json(const json::value& value) {
  std::string out;
  write(value, out);
  return out;
}

namespace detail {

Error mismatch(const std::string& path, std::string_view expected) {
  return Error{ErrorCode::kBadRequest, fmt::format("expected {}", expected), path.empty() ? "/" : path};
}

}  // namespace detail
}  // namespace parley::runtime
