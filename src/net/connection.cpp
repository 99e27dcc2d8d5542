// SPDX-License-Identifier: Apache-2.0
#include "net/connection.hpp"

#include "net/exchange.hpp"
#include "net/target.hpp"
#include "net/websocket_session.hpp"
#include "runtime/ids.hpp"
#include "runtime/turnstile.hpp"

#include <algorithm>
#include <cctype>
#include <tuple>
#include <variant>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

namespace parley::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Task;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<runtime::Executor>());
constexpr std::size_t kReadAhead = 64 * 1024;
constexpr std::size_t kMaxCorrelationId = 128;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// A name for the request that its client chose, if it can be logged and sent back as it is.
bool is_sane_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxCorrelationId &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == ':';
         });
}

// The client sent something wrong; it did not just stop sending.
bool is_malformed(const error_code& failure) {
  return failure.category() == error_code(http::error::bad_method).category() &&
         failure != http::error::end_of_stream && failure != http::error::partial_message;
}

Error parse_error(const error_code& failure) {
  if (failure == http::error::header_limit || failure == http::error::buffer_overflow) {
    return {ErrorCode::kPayloadTooLarge, "the request header is too large"};
  }
  return {ErrorCode::kBadRequest, "the request is not HTTP/1.1"};
}

std::string allowed_methods(const std::vector<Method>& methods) {
  std::string list = "OPTIONS";
  for (const Method method : methods) {
    list += ", ";
    list += name(method);
    if (method == Method::kGet) list += ", HEAD";
  }
  return list;
}

}  // namespace

// The request while it is read.
struct Connection::Incoming {
  http::request_parser<http::string_body> parser;
};

Connection::Connection(std::shared_ptr<ServerState> state, Socket socket, bool refused)
    : state_(std::move(state)),
      stream_(std::make_unique<SocketStream>(std::move(socket))),
      strand_(stream_->get_executor()),
      refused_(refused),
      unread_(kReadAhead),
      tasks_(strand_) {
  state_->open_connections.add(1);
}

Connection::~Connection() {
  state_->open_connections.add(-1);
  state_->connections.remove(id_);
}

void Connection::start() {
  id_ = state_->connections.add(shared_from_this());
  tasks_.spawn(run(shared_from_this()));
}

void Connection::drain() {
  asio::post(strand_, [self = shared_from_this()] {
    if (self->phase_ == Phase::kIdle) self->stream_->close();
    if (self->phase_ == Phase::kEvents) self->cancel_.emit(asio::cancellation_type::terminal);
  });
}

void Connection::abort() {
  asio::post(strand_, [self = shared_from_this()] {
    self->aborted_ = true;
    self->hard_stop_.request_stop();
    self->cancel_.emit(asio::cancellation_type::terminal);
    if (self->stream_) self->stream_->close();
  });
}

Task<> Connection::run(std::shared_ptr<Connection> self) {
  self->stream_->expires_after(self->state_->config.header_timeout);
  bool open = co_await self->stream_->accept(self->state_->tls);
  while (open) {
    open = co_await self->wait_for_request();
    if (open) open = co_await self->serve_request();
  }
  if (self->stream_) self->stream_->close();
}

// Between requests a connection may be closed at any time without harm.
Task<bool> Connection::wait_for_request() {
  if (unread_.size() != 0) co_return true;
  const bool stopping = state_->draining.stop_requested();
  if (stopping || aborted_) co_return false;
  phase_ = Phase::kIdle;
  const auto& config = state_->config;
  stream_->expires_after(served_ == 0 ? config.header_timeout : config.keep_alive_timeout);
  const auto [failure, count] = co_await stream_->async_read_some(unread_.prepare(kReadAhead / 4), kAwait);
  unread_.commit(count);
  phase_ = Phase::kWorking;
  co_return !failure;
}

Task<bool> Connection::serve_request() {
  Exchange exchange(*state_);
  Incoming incoming;
  const bool arrived = co_await read_head(incoming, exchange);
  if (!arrived) co_return false;
  const bool goes_on = co_await runtime::pass_turnstile();  // a crowd may have come at once
  if (!goes_on) co_return false;
  if (!exchange.decided) take_request(incoming, exchange);
  if (!exchange.decided) find_route(exchange);
  if (!exchange.decided && exchange.match.route->websocket) {
    co_await serve_websocket(exchange);
    co_return false;
  }
  if (!exchange.decided) {
    const bool arrived_too = co_await read_body(incoming, exchange);
    if (!arrived_too) co_return false;
  }
  exchange.whole = incoming.parser.is_done();
  if (!exchange.decided && !aborted_) co_await call_handler(exchange);
  if (aborted_) co_return false;
  const bool written = co_await respond(exchange);
  ++served_;
  if (!written) co_return false;
  if (exchange.keep_alive) co_return true;
  co_await stream_->finish();
  co_return false;
}

Task<bool> Connection::read_head(Incoming& incoming, Exchange& exchange) {
  auto& parser = incoming.parser;
  parser.header_limit(static_cast<std::uint32_t>(state_->config.header_bytes));
  parser.body_limit(boost::none);  // known once the route is
  stream_->expires_after(state_->config.header_timeout);
  const auto [failure, count] = co_await http::async_read_header(*stream_, unread_, parser, kAwait);
  exchange.started = state_->clock.now();
  exchange.context.correlation_id = runtime::make_id("req");
  exchange.context.flow = "connection " + std::to_string(id_);
  if (!failure) co_return true;
  // A time-out has closed the socket already; there is nobody to tell.
  if (!is_malformed(failure) || aborted_) co_return false;
  exchange.request.remote_address = stream_->remote_address();
  exchange.request.method = Method::kOther;
  exchange.request.path.clear();
  const Error error = parse_error(failure);
  fail(exchange, error);
  if (error.code == ErrorCode::kPayloadTooLarge) exchange.response.status = 431;
  co_return true;
}

// What was received, as values; and whether this client may ask at all.
void Connection::take_request(Incoming& incoming, Exchange& exchange) {
  const auto& message = incoming.parser.get();
  Request& request = exchange.request;
  request.method_text = std::string(message.method_string());
  request.method = method_from(request.method_text);
  request.target = std::string(message.target());
  for (const auto& field : message) {
    request.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  request.is_tls = stream_->is_tls();
  request.remote_address = stream_->remote_address();
  exchange.http_1_0 = message.version() < 11;
  exchange.keep_alive = incoming.parser.keep_alive();
  const auto id = request.header("X-Request-Id");
  if (id && is_sane_id(*id)) exchange.context.correlation_id = std::string(*id);
  request.correlation_id = exchange.context.correlation_id;

  auto target = parse_target(request.target);
  if (!target) return fail(exchange, target.error());
  exchange.encoded_path = std::move(target->encoded_path);
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  const bool upgrade = request.headers.has_token("Upgrade", "websocket");
  const auto allowed = state_->policy.check(request, upgrade, target->authority);
  if (!allowed) return fail(exchange, allowed.error());
  using std::chrono_literals::operator""s;
  if (refused_) {
    exchange.keep_alive = false;
    return fail(exchange, {ErrorCode::kOverloaded, "too many connections", "", 1s});
  }
  if (state_->draining.stop_requested()) {
    fail(exchange, {ErrorCode::kServiceUnavailable, "the server is stopping", "", 5s});
  }
}

void Connection::find_route(Exchange& exchange) {
  Request& request = exchange.request;
  auto socket_route = state_->router.find_websocket(exchange.encoded_path);
  const bool upgrade = request.headers.has_token("Upgrade", "websocket");
  if (socket_route && upgrade) {
    const auto checked = check_upgrade(request);
    if (!checked) return fail(exchange, checked.error());
    exchange.match = std::move(*socket_route);
    request.path_params = exchange.match.path_params;
    const auto& gate = exchange.match.route->gate;
    const auto admitted = gate ? gate(request) : runtime::Result<>();
    if (!admitted) fail(exchange, admitted.error());
    return;
  }
  if (request.method == Method::kOptions) return answer_options(exchange);
  auto found = state_->router.find(request.method, exchange.encoded_path);
  if (auto* match = std::get_if<Router::Match>(&found)) {
    exchange.match = std::move(*match);
    request.path_params = exchange.match.path_params;
    const bool by_fallback = exchange.match.route->pattern == "*";
    if (!socket_route || !by_fallback) return;
  }
  if (socket_route) {
    return fail(exchange, {ErrorCode::kBadRequest, "this address speaks WebSocket only", "Upgrade"});
  }
  const auto& miss = std::get<Router::Miss>(found);
  if (miss.allowed.empty()) return fail(exchange, {ErrorCode::kNotFound, "nothing is at this address"});
  fail(exchange, {ErrorCode::kBadRequest, request.method_text + " is not allowed at this address"});
  exchange.response.status = 405;
  exchange.response.headers.set("Allow", allowed_methods(miss.allowed));
}

void Connection::answer_options(Exchange& exchange) {
  exchange.response = empty_response();
  exchange.decided = true;
  if (exchange.encoded_path == "*") return;
  // A method that no route has lists those that the path does have.
  const auto found = state_->router.find(Method::kOptions, exchange.encoded_path);
  const auto* miss = std::get_if<Router::Miss>(&found);
  std::vector<Method> allowed = miss != nullptr ? miss->allowed : std::vector<Method>();
  const auto page = state_->router.find(Method::kGet, exchange.encoded_path);
  if (allowed.empty() && std::holds_alternative<Router::Match>(page)) allowed.push_back(Method::kGet);
  if (allowed.empty()) return fail(exchange, {ErrorCode::kNotFound, "nothing is at this address"});
  exchange.response.headers.set("Allow", allowed_methods(allowed));
}

Task<bool> Connection::read_body(Incoming& incoming, Exchange& exchange) {
  auto& parser = incoming.parser;
  const auto& config = state_->config;
  const auto limit =
      exchange.match.route->options.body_limit.value_or(static_cast<std::size_t>(config.json_bytes));
  const Error too_large{ErrorCode::kPayloadTooLarge, fmt::format("the body is larger than {} bytes", limit)};
  const std::uint64_t announced = parser.content_length().value_or(0);
  if (announced > limit) {
    fail(exchange, too_large);
    co_return true;
  }
  parser.body_limit(limit);
  const std::uint64_t share = parser.chunked() ? limit : announced;
  if (!exchange.reservation.take(static_cast<std::int64_t>(share))) {
    fail(exchange, {ErrorCode::kOverloaded, "too many uploads at once", "", std::chrono::seconds(1)});
    co_return true;
  }
  const bool waits = exchange.request.headers.has_token("Expect", "100-continue") && unread_.size() == 0;
  if (waits && !parser.is_done()) {
    const bool told = co_await stream_->write_all(kContinue, config.write_timeout);
    if (!told) co_return false;
  }
  while (!parser.is_done()) {
    stream_->expires_after(config.body_timeout);
    const auto [failure, count] = co_await http::async_read_some(*stream_, unread_, parser, kAwait);
    if (!failure) continue;
    if (failure == http::error::body_limit) {
      fail(exchange, too_large);
      co_return true;
    }
    if (!is_malformed(failure)) co_return false;
    fail(exchange, {ErrorCode::kBadRequest, "the body is malformed"});
    co_return true;
  }
  exchange.request.body = std::move(parser.get().body());
  co_return true;
}

Task<> Connection::serve_websocket(Exchange& exchange) {
  exchange.response.status = 101;
  record(exchange);
  phase_ = Phase::kWebSocket;
  stream_->put_back(beast::buffers_to_string(unread_.data()));
  unread_.clear();
  unread_.shrink_to_fit();
  WebSocketUpgrade upgrade{.state = state_,
                           .stream = std::move(stream_),
                           .route = *exchange.match.route,
                           .context = exchange.context.stopped_by(state_->draining.get_token()),
                           .request = std::move(exchange.request),
                           .hard_stop = hard_stop_.get_token(),
                           .cancel = cancel_};
  co_await run_websocket(std::move(upgrade));
}

void Connection::fail(Exchange& exchange, const Error& error) {
  exchange.response = error_response(exchange.context, error);
  exchange.decided = true;
}

}  // namespace parley::net
