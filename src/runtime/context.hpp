// SPDX-License-Identifier: Apache-2.0
// What every port call carries: for whom, under which correlation id, until when, and how it is stopped.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/result.hpp"

#include <stop_token>
#include <string>

namespace parley::runtime {

// A value: cheap enough to copy into a coroutine, never shared and changed.
struct Context {
  std::string principal = "local";  // user on whose behalf the call runs
  std::string tenant = "local";     // whose documents and models may be seen
  std::string correlation_id = {};  // joins log lines, errors and records of one request or turn
  std::string flow = {};  // the session or connection that takes turns in queues; empty: the program
  TimePoint deadline = TimePoint::max();
  std::stop_token stop = {};

  bool cancelled() const { return stop.stop_requested(); }

  // A copy that ends at `at` if that is earlier than the present deadline.
  Context until(TimePoint at) const {
    Context copy = *this;
    if (at < copy.deadline) copy.deadline = at;
    return copy;
  }

  // A copy that stops with `token` (which replaces the present one).
  Context stopped_by(std::stop_token token) const {
    Context copy = *this;
    copy.stop = std::move(token);
    return copy;
  }

  // CANCELLED once stopped, TIMEOUT once the deadline has passed, success otherwise.
  Result<> check(TimePoint now) const {
    if (cancelled()) return Error{ErrorCode::kCancelled, "the request was cancelled"};
    if (now >= deadline) return Error{ErrorCode::kTimeout, "the request ran out of time"};
    return {};
  }
};

}  // namespace parley::runtime
