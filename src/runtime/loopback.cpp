// SPDX-License-Identifier: Apache-2.0
#include "runtime/loopback.hpp"

#include <algorithm>

#include <boost/url/parse.hpp>

namespace parley::runtime {

// Boost.URL 1.81 takes the beginning of "127.0.0.1.example.org" for an address, so the text between the
// slashes is looked at, and only as much of the address as was written counts.
bool is_loopback_url(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->has_userinfo()) return false;
  const auto begin = url.find("//");
  if (begin == std::string_view::npos) return false;
  std::string_view host = url.substr(begin + 2);
  host = host.substr(0, host.find_first_of("/?#"));
  if (host.starts_with('[')) {
    const auto close = host.find(']');
    if (close == std::string_view::npos) return false;
    const auto address = boost::urls::parse_ipv6_address(host.substr(1, close - 1));
    return address && address->is_loopback();
  }
  host = host.substr(0, host.find(':'));
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  const auto address = boost::urls::parse_ipv4_address(host);
  return address && address->is_loopback();
}

}  // namespace parley::runtime
