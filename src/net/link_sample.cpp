// SPDX-License-Identifier: Apache-2.0
#include "net/link_sample.hpp"

// The kernel's own header: that of the C library ends before the rate.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace parley::net {

std::optional<LinkSample> sample_link(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  LinkSample sample{std::chrono::microseconds(info.tcpi_rtt), info.tcpi_data_segs_out,
                    info.tcpi_total_retrans};
  if (info.tcpi_delivery_rate_app_limited == 0 && info.tcpi_delivery_rate > 0) {
    sample.bytes_per_second = info.tcpi_delivery_rate;
  }
  return sample;
}

}  // namespace parley::net
