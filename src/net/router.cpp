// SPDX-License-Identifier: Apache-2.0
#include "net/router.hpp"

#include "net/target.hpp"

#include <algorithm>

namespace parley::net {
namespace {

std::vector<std::string> split(const std::string& pattern) {
  auto segments = path_segments(pattern);
  return segments ? std::move(*segments) : std::vector<std::string>();
}

bool is_name(const std::string& segment) { return segment.starts_with(':'); }

// The values of the names when the path fits, nothing otherwise. A name never stands for nothing.
std::optional<std::map<std::string, std::string>> fit(const Route& route,
                                                      const std::vector<std::string>& path) {
  if (route.segments.size() != path.size()) return std::nullopt;
  std::map<std::string, std::string> params;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string& segment = route.segments[i];
    if (!is_name(segment)) {
      if (segment != path[i]) return std::nullopt;
    } else {
      if (path[i].empty()) return std::nullopt;
      params[segment.substr(1)] = path[i];
    }
  }
  return params;
}

// Left to right, a literal segment is more exact than a name.
bool more_exact(const Route& a, const Route& b) {
  for (std::size_t i = 0; i < a.segments.size(); ++i) {
    const bool literal_a = !is_name(a.segments[i]);
    const bool literal_b = !is_name(b.segments[i]);
    if (literal_a != literal_b) return literal_a;
  }
  return false;
}

template <class Accept>
std::optional<Router::Match> best(const std::vector<std::unique_ptr<Route>>& routes,
                                  const std::vector<std::string>& path, Accept accept) {
  std::optional<Router::Match> found;
  for (const auto& route : routes) {
    if (!accept(*route)) continue;
    auto params = fit(*route, path);
    if (!params) continue;
    if (!found || more_exact(*route, *found->route)) found = Router::Match{route.get(), std::move(*params)};
  }
  return found;
}

bool answers(const Route& route, Method method) {
  return route.method == method || (method == Method::kHead && route.method == Method::kGet);
}

}  // namespace

void Router::add(Method method, std::string pattern, Handler handler, RouteOptions options) {
  auto route = std::make_unique<Route>();
  route->method = method;
  route->segments = split(pattern);
  route->pattern = std::move(pattern);
  route->handler = std::move(handler);
  route->options = options;
  routes_.push_back(std::move(route));
}

void Router::websocket(std::string pattern, std::vector<std::string> protocols, WebSocketHandler handler,
                       WebSocketGate gate) {
  auto route = std::make_unique<Route>();
  route->segments = split(pattern);
  route->pattern = std::move(pattern);
  route->websocket = std::move(handler);
  route->gate = std::move(gate);
  route->protocols = std::move(protocols);
  routes_.push_back(std::move(route));
}

void Router::fallback(Handler handler) {
  fallback_ = std::make_unique<Route>();
  fallback_->pattern = "*";
  fallback_->handler = std::move(handler);
}

std::variant<Router::Match, Router::Miss> Router::find(Method method, std::string_view path) const {
  Miss miss;
  const auto segments = path_segments(path);
  if (segments) {
    auto found =
        best(routes_, *segments, [&](const Route& route) { return route.handler && answers(route, method); });
    if (found) return std::move(*found);
    for (const auto& route : routes_) {
      if (!route->handler || !fit(*route, *segments)) continue;
      const auto known = std::find(miss.allowed.begin(), miss.allowed.end(), route->method);
      if (known == miss.allowed.end()) miss.allowed.push_back(route->method);
    }
  }
  const bool reads = method == Method::kGet || method == Method::kHead;
  if (miss.allowed.empty() && fallback_ && reads) return Match{fallback_.get(), {}};
  return miss;
}

std::optional<Router::Match> Router::find_websocket(std::string_view path) const {
  const auto segments = path_segments(path);
  if (!segments) return std::nullopt;
  return best(routes_, *segments, [](const Route& route) { return route.websocket != nullptr; });
}

}  // namespace parley::net
