// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_server.hpp"

#include "net/acceptor.hpp"
#include "net/listen_address.hpp"
#include "net/socket_stream.hpp"
#include "runtime/ids.hpp"
#include "runtime/task_group.hpp"

#include <array>
#include <stop_token>
#include <tuple>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>

namespace parley::net {
namespace {

namespace asio = boost::asio;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<runtime::Executor>());
constexpr std::size_t kBlockBytes = 64 * 1024;

class Connection final : public TcpConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, std::chrono::milliseconds write_timeout, std::stop_token draining)
      : stream_(std::move(socket)), write_timeout_(write_timeout), draining_(std::move(draining)) {}

  Task<Result<std::string>> read(TimePoint deadline, bool idle) override {
    const auto self = shared_from_this();
    if (idle && draining_.stop_requested()) co_return std::string();
    idle_ = idle;
    const std::stop_callback at_stop(draining_, [weak = weak_from_this()] { end_if_idle(weak); });
    limit(deadline);
    std::string block(kBlockBytes, '\0');
    const auto [failure, count] = co_await stream_.async_read_some(asio::buffer(block), kAwait);
    idle_ = false;
    if (failure == boost::beast::error::timeout) {
      co_return Error{ErrorCode::kTimeout, "nothing was heard of the client"};
    }
    block.resize(count);
    co_return block;
  }

  Task<Result<>> write(std::string bytes) override {
    const auto self = shared_from_this();
    const bool written = co_await stream_.write_all(bytes, write_timeout_);
    if (!written) co_return Error{ErrorCode::kCancelled, "the client is gone"};
    co_return Result<>();
  }

  void close() override { stream_.close(); }
  std::string remote_address() const override { return stream_.remote_address(); }

  Task<bool> accept() { return stream_.accept(nullptr); }
  Task<> finish() { return stream_.finish(); }

 private:
  // From any thread.
  static void end_if_idle(const std::weak_ptr<Connection>& weak) {
    const auto self = weak.lock();
    if (!self) return;
    asio::post(self->stream_.get_executor(), [self] {
      if (self->idle_) self->close();
    });
  }

  void limit(TimePoint deadline) {
    if (deadline == TimePoint::max()) return stream_.expires_never();
    const auto left = deadline - runtime::SystemClock().now();
    stream_.expires_after(
        std::max(std::chrono::duration_cast<std::chrono::milliseconds>(left), std::chrono::milliseconds(1)));
  }

  SocketStream stream_;
  const std::chrono::milliseconds write_timeout_;
  const std::stop_token draining_;
  bool idle_ = false;
};

Task<> serve(TcpHandler handler, Context context, std::shared_ptr<Connection> connection) {
  const bool open = co_await connection->accept();
  if (!open) co_return;
  co_await handler(std::move(context), connection);
  co_await connection->finish();
}

}  // namespace

struct TcpServer::State {
  State(TcpServerConfig settings, TcpHandler serving, const runtime::Executor& where,
        std::shared_ptr<runtime::Log> lines)
      : config(std::move(settings)),
        handler(std::move(serving)),
        strand(where),
        log(std::move(lines)),
        accepting(where),
        connections(where) {}

  void take(Socket socket) {
    if (connections.size() >= config.connections) return;
    Context context;
    context.correlation_id = runtime::make_id("conn");
    context.flow = context.correlation_id;
    context.stop = draining.get_token();
    auto connection =
        std::make_shared<Connection>(std::move(socket), config.write_timeout, draining.get_token());
    connections.spawn(serve(handler, std::move(context), std::move(connection)));
  }

  const TcpServerConfig config;
  const TcpHandler handler;
  const runtime::Executor strand;
  const std::shared_ptr<runtime::Log> log;
  std::string address;
  std::stop_source draining;
  runtime::TaskGroup accepting;
  runtime::TaskGroup connections;
};

TcpServer::TcpServer(TcpServerConfig config, TcpHandler handler, runtime::Executor strand,
                     std::shared_ptr<runtime::Log> log)
    : state_(std::make_shared<State>(std::move(config), std::move(handler), strand, std::move(log))) {}

TcpServer::~TcpServer() = default;

Result<> TcpServer::start() {
  const auto endpoint = parse_endpoint(state_->config.listen, state_->config.param);
  if (!endpoint) return endpoint.error();
  auto acceptor = listen_on(*endpoint, state_->strand, state_->config.param);
  if (!acceptor) return acceptor.error();
  boost::system::error_code ignored;
  const auto bound = (*acceptor)->local_endpoint(ignored);
  const std::string host = bound.address().to_string();
  state_->address = (bound.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(bound.port());
  state_->accepting.spawn(accept_loop(
      std::move(*acceptor), [strand = state_->strand] { return strand; }, state_->log,
      [weak = std::weak_ptr(state_)](Socket socket) {
        if (const auto state = weak.lock()) state->take(std::move(socket));
      }));
  return {};
}

std::string TcpServer::address() const { return state_->address; }

Task<> TcpServer::stop(TimePoint deadline) {
  const auto state = state_;
  co_await state->accepting.stop();
  state->draining.request_stop();
  const bool ended = co_await state->connections.wait_idle(deadline);
  static_cast<void>(ended);
  co_await state->connections.stop();
}

}  // namespace parley::net
