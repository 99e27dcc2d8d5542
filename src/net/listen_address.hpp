// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/result.hpp"

#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace parley::net {

// "192.168.1.5:10300", "[::]:10300" or "localhost:10300". BAD_REQUEST for anything else, with `param`.
runtime::Result<boost::asio::ip::tcp::endpoint> parse_endpoint(const std::string& text,
                                                               const std::string& param);

// "127.0.0.1:3000", "[::1]:3000" or "localhost:3000". BAD_REQUEST for anything else, FORBIDDEN for an address
// that other machines can reach: that needs accounts.
runtime::Result<boost::asio::ip::tcp::endpoint> parse_listen_address(const std::string& text);

}  // namespace parley::net
