// SPDX-License-Identifier: Apache-2.0
#include "net/http.hpp"

#include "net/field_text.hpp"
#include "runtime/json.hpp"

#include <algorithm>
#include <array>

#include <boost/json/object.hpp>

namespace parley::net {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

struct MethodName {
  Method method;
  std::string_view name;
};

constexpr std::array kMethods = {
    MethodName{Method::kGet, "GET"},         MethodName{Method::kHead, "HEAD"},
    MethodName{Method::kPost, "POST"},       MethodName{Method::kPut, "PUT"},
    MethodName{Method::kPatch, "PATCH"},     MethodName{Method::kDelete, "DELETE"},
    MethodName{Method::kOptions, "OPTIONS"}, MethodName{Method::kOther, "OTHER"}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

class StreamedEvents final : public EventSource {
 public:
  explicit StreamedEvents(runtime::Stream<ServerEvent> events) : events_(std::move(events)) {}
  runtime::Task<Result<std::optional<ServerEvent>>> next(runtime::TimePoint deadline) override {
    return events_.next(deadline);
  }

 private:
  runtime::Stream<ServerEvent> events_;
};

}  // namespace

std::string_view name(Method method) { return kMethods[static_cast<std::size_t>(method)].name; }

Method method_from(std::string_view text) {
  for (const auto& row : kMethods) {
    if (row.name == text) return row.method;
  }
  return Method::kOther;
}

bool changes_state(Method method) {
  return method != Method::kGet && method != Method::kHead && method != Method::kOptions;
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(fields_.begin(), fields_.end(), [&](const Field& field) {
    return equal_ignoring_case(field.first, name);
  }));
}

std::vector<std::string_view> Headers::tokens(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const auto& [key, value] : fields_) {
    if (!equal_ignoring_case(key, name)) continue;
    std::string_view list = value;
    while (!list.empty()) {
      const auto comma = std::min(list.find(','), list.size());
      found.push_back(trimmed(list.substr(0, comma)));
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
  }
  return found;
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
  const auto all = tokens(name);
  return std::any_of(all.begin(), all.end(),
                     [&](std::string_view each) { return equal_ignoring_case(each, token); });
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
  std::erase_if(fields_, [&](const Field& field) { return equal_ignoring_case(field.first, name); });
  add(std::move(name), std::move(value));
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string_view Request::path_param(std::string_view name) const {
  const auto found = path_params.find(std::string(name));
  return found == path_params.end() ? std::string_view() : std::string_view(found->second);
}

Result<boost::json::value> Request::json() const {
  const auto type = header("Content-Type");
  if (type) {
    const auto essence = trimmed(type->substr(0, type->find(';')));
    if (!equal_ignoring_case(essence, "application/json")) {
      return Error{ErrorCode::kUnsupportedMedia, "the body must be application/json", "Content-Type"};
    }
  }
  return runtime::parse_json(body);
}

Response text_response(int status, std::string body, std::string content_type) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", std::move(content_type));
  response.body = std::move(body);
  return response;
}

Response json_response(int status, const boost::json::value& body) {
  return text_response(status, runtime::to_json(body), "application/json");
}

Response event_response(std::unique_ptr<EventSource> events) {
  Response response;
  response.headers.set("Content-Type", "text/event-stream");
  response.headers.set("Cache-Control", "no-cache");
  response.body = std::move(events);
  return response;
}

Response event_response(runtime::Stream<ServerEvent> events) {
  return event_response(std::make_unique<StreamedEvents>(std::move(events)));
}

Response empty_response() {
  Response response;
  response.status = 204;
  return response;
}

Response error_response(const runtime::Context& context, const Error& error) {
  const auto& row = runtime::mapping(error.code);
  boost::json::object body = {{"code", row.name}, {"message", error.message}};
  if (!error.param.empty()) body["param"] = error.param;
  body["correlation_id"] = context.correlation_id;
  auto response = json_response(row.http_status, boost::json::object{{"error", std::move(body)}});
  if (error.retry_after) {
    const auto seconds = std::max<std::int64_t>(1, (error.retry_after->count() + 999) / 1000);
    response.headers.set("Retry-After", std::to_string(seconds));
  }
  return response;
}

}  // namespace parley::net
