// SPDX-License-Identifier: Apache-2.0
#include "net/acceptor.hpp"

#include <chrono>
#include <string>
#include <tuple>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parley::net {

namespace asio = boost::asio;
using boost::system::error_code;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<runtime::Executor>());
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

}  // namespace

Result<std::shared_ptr<Acceptor>> listen_on(const asio::ip::tcp::endpoint& endpoint,
                                            const runtime::Executor& strand, const std::string& param) {
  auto acceptor = std::make_shared<Acceptor>(strand);
  error_code error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (!error) return acceptor;
  const std::string where = endpoint.address().to_string() + " port " + std::to_string(endpoint.port());
  if (error == asio::error::address_in_use) {
    return Error{ErrorCode::kConflict, where + " is in use by another program", param};
  }
  return Error{ErrorCode::kBadRequest, "cannot listen on " + where + ": " + error.message(), param};
}

Task<> accept_loop(std::shared_ptr<Acceptor> acceptor, std::function<runtime::Executor()> strand,
                   std::shared_ptr<runtime::Log> log, std::function<void(Socket)> take) {
  for (;;) {
    auto [failure, socket] = co_await acceptor->async_accept(strand(), kAwait);
    if (failure == asio::error::operation_aborted) break;
    if (failure) {
      // Out of file descriptors, most likely: some will come back.
      log->warn({}, "accept_failed", {{"what", failure.message()}});
      asio::steady_timer pause(acceptor->get_executor(), kAcceptPause);
      const auto [cancelled] = co_await pause.async_wait(kAwait);
      if (cancelled) break;
      continue;
    }
    take(std::move(socket));
  }
  error_code ignored;
  acceptor->close(ignored);
}

}  // namespace parley::net
