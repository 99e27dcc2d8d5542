// SPDX-License-Identifier: Apache-2.0
// One end of a line between Parley and an engine in a process of its own: whole messages over a pair of local
// sockets that keep the borders of packets (unix(7), SOCK_SEQPACKET).
#pragma once

#include "runtime/result.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace parley::inference {

// An open file, closed at the end.
class OpenFile {
 public:
  OpenFile() = default;
  explicit OpenFile(int number) : number_(number) {}
  OpenFile(OpenFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  OpenFile& operator=(OpenFile&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~OpenFile();
  int number() const { return number_; }

 private:
  int number_ = -1;
};

// Two ends that are connected; no program that is started inherits them.
runtime::Result<std::pair<OpenFile, OpenFile>> connected_ends();

// One thread at a time, and one message on its way: who asks waits for the answer. Errors:
//   SERVICE_UNAVAILABLE  the other end is gone, or sends what is no message
//   TIMEOUT              it did not send or take it in time
class EngineChannel {
 public:
  static constexpr std::size_t kMostBytes = 32U << 20U;  // of a message
  static constexpr auto kForEver = std::chrono::milliseconds::max();

  explicit EngineChannel(OpenFile end) : end_(std::move(end)) {}

  // `patience` is time in which this process runs: one that was stopped for a while does not blame the other.
  runtime::Result<> send(std::string_view message, std::chrono::milliseconds patience) const;
  runtime::Result<std::string> receive(std::chrono::milliseconds patience) const;

 private:
  OpenFile end_;
};

// Hands an end to the process at the other side of `line`. Never waits: OVERLOADED when it takes no more.
runtime::Result<> hand_over(const OpenFile& line, const OpenFile& end);
// Waits for an end that was handed over; SERVICE_UNAVAILABLE when the other side is gone.
runtime::Result<OpenFile> take_over(const OpenFile& line);

}  // namespace parley::inference
