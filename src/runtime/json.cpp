// SPDX-License-Identifier: Apache-2.0
#include "runtime/json.hpp"

#include <cmath>

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

void replace_non_finite(json::value& value) {
  if (value.is_double() && !std::isfinite(value.get_double())) {
    value = nullptr;
  } else if (value.is_array()) {
    for (auto& item : value.get_array()) replace_non_finite(item);
  } else if (value.is_object()) {
    for (auto& [key, item] : value.get_object()) replace_non_finite(item);
  }
}

}  // namespace

std::string to_json(const json::value& value) {
  json::value copy = value;
  replace_non_finite(copy);
  return json::serialize(copy);
}

namespace detail {

Error mismatch(const std::string& path, std::string_view expected) {
  return Error{ErrorCode::kBadRequest, fmt::format("expected {}", expected), path.empty() ? "/" : path};
}

}  // namespace detail
}  // namespace parley::runtime
