// SPDX-License-Identifier: Apache-2.0
// Which handler answers which method and path. Filled before the server starts, then only read.
#pragma once

#include "net/http.hpp"
#include "net/websocket.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace parley::net {

struct RouteOptions {
  // Largest body, in bytes; the server's limit for JSON when absent.
  std::optional<std::size_t> body_limit = std::nullopt;
  // Time the handler has, from the end of the request; the server's when absent.
  std::optional<std::chrono::milliseconds> timeout = std::nullopt;
};

// One row of the table. Exactly one of the handlers is set.
struct Route {
  Method method = Method::kGet;
  std::string pattern;
  std::vector<std::string> segments;
  Handler handler;
  WebSocketHandler websocket;
  WebSocketGate gate;  // of the WebSocket; may be empty
  std::vector<std::string> protocols;
  RouteOptions options;
};

class Router {
 public:
  // `pattern` is a path whose segments may be names, "/api/v1/documents/:id". A literal segment wins over a
  // name, and the earlier of two equal patterns over the later. HEAD is answered by the GET of the same path.
  void add(Method method, std::string pattern, Handler handler, RouteOptions options = {});
  // `protocols`: the subprotocols spoken there, best first; "token.*" is any that begins with "token.". A
  // client that offers others only is accepted without one.
  void websocket(std::string pattern, std::vector<std::string> protocols, WebSocketHandler handler,
                 WebSocketGate gate = {});
  // What answers GET where no pattern matches (static files); without it NOT_FOUND does.
  void fallback(Handler handler);

  struct Match {
    const Route* route = nullptr;
    std::map<std::string, std::string> path_params;
  };
  // Nothing serves the path (404), or something does, but not with that method (405: `allowed` goes into
  // Allow).
  struct Miss {
    std::vector<Method> allowed;
  };

  // `path` is percent-encoded, without the query. The pointers live as long as the router is not changed.
  std::variant<Match, Miss> find(Method method, std::string_view path) const;
  // The WebSocket route of a path, if there is one.
  std::optional<Match> find_websocket(std::string_view path) const;

  // "/api/v1/documents/:id" for metrics; the patterns, in the order of addition.
  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  std::vector<std::unique_ptr<Route>> routes_;
  std::unique_ptr<Route> fallback_;
};

}  // namespace parley::net
