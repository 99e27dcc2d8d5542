// SPDX-License-Identifier: Apache-2.0
#include "gateway/routes.hpp"

#include <array>
#include <chrono>
#include <ctime>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace parley::gateway {
namespace {

namespace json = boost::json;
using net::Method;
using net::Request;
using net::Response;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using SharedParts = std::shared_ptr<const Parts>;

constexpr std::string_view kService = "parley";
constexpr auto kCheckTime = std::chrono::seconds(1);

// RFC 3339, in UTC.
std::string timestamp(runtime::WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), length};
}

Task<Response> health(SharedParts parts, runtime::TimePoint started, Context, Request) {
  const double uptime = runtime::milliseconds_between(started, parts->clock.now()) / 1000;
  co_return net::json_response(200, {{"status", "healthy"},
                                     {"service", kService},
                                     {"timestamp", timestamp(parts->clock.wall_now())},
                                     {"uptime", uptime}});
}

Task<Response> ready(SharedParts parts, Context context, Request) {
  json::object checks;
  std::string missing;
  for (const auto& item : parts->ready) {
    const auto checked = co_await item.check(context.until(parts->clock.now() + kCheckTime));
    checks[item.name] = checked ? "ok" : checked.error().message;
    if (!checked) missing += (missing.empty() ? "" : ", ") + item.name;
  }
  if (missing.empty())
    co_return net::json_response(200, {{"status", "ready"}, {"checks", std::move(checks)}});
  const Error error{ErrorCode::kServiceUnavailable, "not ready: " + missing};
  json::object described = {{"code", runtime::name(error.code)},
                            {"message", error.message},
                            {"correlation_id", context.correlation_id}};
  co_return net::json_response(
      503, {{"status", "not ready"}, {"checks", std::move(checks)}, {"error", std::move(described)}});
}

Task<Response> info(SharedParts parts, Context context, Request) {
  const auto status = co_await parts->library.status(context);
  if (!status) co_return net::error_response(context, status.error());
  json::object engines;
  for (const auto& [role, engine] : parts->engines()) {
    engines[role] = {{"name", engine.name}, {"where", engine.where}};
  }
  co_return net::json_response(200, {{"service", kService},
                                     {"version", parts->version},
                                     {"engines", std::move(engines)},
                                     {"documents", status->documents}});
}

// Who can read OpenMetrics gets it, and with it the turns that the numbers come from.
Task<Response> metrics(SharedParts parts, Context, Request request) {
  const auto accepted = request.headers.find("Accept");
  if (accepted && accepted->find("application/openmetrics-text") != std::string_view::npos) {
    co_return net::text_response(200, parts->metrics.expose_open(),
                                 "application/openmetrics-text; version=1.0.0; charset=utf-8");
  }
  co_return net::text_response(200, parts->metrics.expose(), "text/plain; version=0.0.4; charset=utf-8");
}

}  // namespace

void add_health_routes(net::Router& router, const SharedParts& parts) {
  const auto started = parts->clock.now();
  for (const auto* path : {"/health", "/healthz"}) {
    router.add(Method::kGet, path, [parts, started](Context context, Request request) {
      return health(parts, started, std::move(context), std::move(request));
    });
  }
  router.add(Method::kGet, "/ready", with_parts(parts, ready));
  router.add(Method::kGet, "/info", with_parts(parts, info));
  router.add(Method::kGet, "/metrics", with_parts(parts, metrics));
}

}  // namespace parley::gateway
