// SPDX-License-Identifier: Apache-2.0
// The protocols of live conversation as routes of a server.
#pragma once

#include "net/router.hpp"
#include "realtime/parts.hpp"

#include <memory>
#include <string>

namespace parley::realtime {

// Outlives the server that its routes are given to.
class Realtime {
 public:
  explicit Realtime(Parts parts);
  ~Realtime();
  Realtime(const Realtime&) = delete;
  Realtime& operator=(const Realtime&) = delete;

  // Adds the routes of README.md.
  void add_routes(net::Router& router);
  // Begins to listen for Wyoming where the configuration says so, and gives the address; empty: nowhere.
  // CONFLICT when the port is taken.
  runtime::Result<std::string> listen();
  // Ends the conversations over Wyoming, and those that outlive their connections; turns under way have until
  // `deadline`. While the server stops, or after it.
  runtime::Task<> stop(runtime::TimePoint deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::realtime
