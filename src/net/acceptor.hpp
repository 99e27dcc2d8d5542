// SPDX-License-Identifier: Apache-2.0
// Listening on a TCP address, for every kind of server. Inside net only.
#pragma once

#include "net/socket_stream.hpp"
#include "runtime/log.hpp"
#include "runtime/result.hpp"

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/basic_socket_acceptor.hpp>

namespace parley::net {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, runtime::Executor>;

// CONFLICT when the port is taken, BAD_REQUEST when the address cannot be used, both with `param`.
runtime::Result<std::shared_ptr<Acceptor>> listen_on(const boost::asio::ip::tcp::endpoint& endpoint,
                                                     const runtime::Executor& strand,
                                                     const std::string& param);

// Accepts until it is cancelled, then closes the acceptor. `strand` gives the one that a connection runs on,
// `take` is called on the acceptor's.
runtime::Task<> accept_loop(std::shared_ptr<Acceptor> acceptor, std::function<runtime::Executor()> strand,
                            std::shared_ptr<runtime::Log> log, std::function<void(Socket)> take);

}  // namespace parley::net
