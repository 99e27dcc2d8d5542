// SPDX-License-Identifier: Apache-2.0
// One request and what becomes of it. Inside net only.
#pragma once

#include "net/connection.hpp"

#include <cstddef>
#include <string>

namespace parley::net {

struct Connection::Exchange {
  explicit Exchange(ServerState& state) : reservation(state) {}

  BodyReservation reservation;
  Request request;
  runtime::Context context;
  std::string encoded_path;
  Router::Match match;
  Response response;
  bool decided = false;  // the response is known without asking the handler
  bool whole = false;    // the request was read to its end
  bool keep_alive = false;
  bool http_1_0 = false;
  runtime::TimePoint started = {};
  std::size_t sent_bytes = 0;
};

}  // namespace parley::net
