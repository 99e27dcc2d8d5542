// SPDX-License-Identifier: Apache-2.0
// What the operating system knows of the way to a client (Linux, tcp(7): TCP_INFO).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace parley::net {

// To the other end of the TCP connection, which may be a proxy.
struct LinkSample {
  std::chrono::microseconds round_trip{};  // smoothed
  std::uint32_t segments = 0;              // with data, sent since the connection began; wraps
  std::uint32_t resent = 0;                // of these, sent once more; wraps
  // At which data arrived when last as much was sent as could be; nothing while there was less to send.
  std::optional<std::uint64_t> bytes_per_second = std::nullopt;
};

// Nothing for what is no TCP connection. Takes a microsecond.
std::optional<LinkSample> sample_link(int socket);

}  // namespace parley::net
