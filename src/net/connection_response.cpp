// SPDX-License-Identifier: Apache-2.0
// The second half of a connection's work: the handler is called and its response written.
#include "net/exchange.hpp"
#include "net/response_head.hpp"

#include <array>
#include <tuple>
#include <variant>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace parley::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using runtime::Context;
using runtime::ErrorCode;
using runtime::Task;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<runtime::Executor>());
constexpr std::size_t kOneWrite = 64 * 1024;  // up to here, head and body leave together
// A handler gets this long past its deadline to say so itself, before it is cancelled.
constexpr auto kHandlerGrace = std::chrono::milliseconds(250);

// Nothing follows the head of these, whatever the handler put there.
bool never_has_body(int status) { return status == 204 || status == 304; }

Task<Response> invoke(const Handler* handler, Context context, Request request) {
  co_return co_await (*handler)(std::move(context), std::move(request));
}

}  // namespace

Task<> Connection::call_handler(Exchange& exchange) {
  const Route& route = *exchange.match.route;
  Context context = exchange.context.stopped_by(hard_stop_.get_token());
  context.deadline = state_->clock.now() + route.options.timeout.value_or(state_->config.request_timeout);
  asio::steady_timer overdue(strand_, context.deadline + kHandlerGrace);
  overdue.async_wait([weak = weak_from_this(), number = served_](const error_code& ended) {
    const auto self = weak.lock();
    if (!ended && self && self->served_ == number) self->cancel_.emit(asio::cancellation_type::terminal);
  });
  Request request = exchange.request;
  request.body = std::move(exchange.request.body);
  auto [failure, response] =
      co_await asio::co_spawn(strand_, invoke(&route.handler, context, std::move(request)),
                              asio::bind_cancellation_slot(cancel_.slot(), kAwait));
  const bool was_cancelled = overdue.cancel() == 0;
  if (!failure && !was_cancelled) {
    exchange.response = std::move(response);
    co_return;
  }
  if (was_cancelled || state_->clock.now() >= context.deadline) {
    fail(exchange, {ErrorCode::kTimeout, "the request took too long"});
  } else {
    fail(exchange, {ErrorCode::kInternalError, "something went wrong inside the server"});
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& caught) {
      if (!aborted_) {
        state_->parts.log->error(exchange.context, "http_handler_failed",
                                 {{"path", exchange.request.path}, {"what", caught.what()}});
      }
    }
  }
}

Task<bool> Connection::respond(Exchange& exchange) {
  Response& response = exchange.response;
  // A body that was not read to its end cannot be told from the next request.
  if (!exchange.whole || state_->draining.stop_requested()) exchange.keep_alive = false;
  const bool bare = exchange.request.method == Method::kHead;
  HeadOptions options;
  options.http_1_0 = exchange.http_1_0;
  options.correlation_id = exchange.context.correlation_id;
  options.now = state_->clock.wall_now();
  if (auto* events = std::get_if<std::unique_ptr<EventSource>>(&response.body); events != nullptr) {
    auto taken = std::move(*events);
    exchange.keep_alive = false;
    options.close = true;
    options.chunked = !exchange.http_1_0;
    const std::string head = format_head(response, options);
    const bool written = co_await stream_->write_all(head, state_->config.write_timeout);
    record(exchange);
    if (!written || bare) co_return written;
    co_return co_await serve_events(std::move(taken), options.chunked);
  }
  if (auto* source = std::get_if<std::unique_ptr<BodySource>>(&response.body); source != nullptr) {
    auto taken = std::move(*source);
    options.content_length = taken->size();
    options.close = !exchange.keep_alive;
    const std::string head = format_head(response, options);
    const bool written = co_await stream_->write_all(head, state_->config.write_timeout);
    exchange.sent_bytes = bare ? 0 : taken->size();
    record(exchange);
    if (!written || bare) co_return written;
    co_return co_await write_pieces(std::move(taken));
  }
  const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body);
  const std::string& body = shared != nullptr ? **shared : std::get<std::string>(response.body);
  if (!never_has_body(response.status)) options.content_length = body.size();
  options.close = !exchange.keep_alive;
  std::string head = format_head(response, options);
  const bool with_body = !bare && !never_has_body(response.status);
  const bool in_one = with_body && body.size() <= kOneWrite;
  if (in_one) head += body;
  bool written = co_await stream_->write_all(head, state_->config.write_timeout);
  if (written && with_body && !in_one) {
    written = co_await stream_->write_all(body, state_->config.write_timeout);
  }
  exchange.sent_bytes = with_body ? body.size() : 0;
  record(exchange);
  co_return written;
}

Task<bool> Connection::write_pieces(std::unique_ptr<BodySource> source) {
  std::uint64_t left = source->size();
  while (left > 0) {
    const auto piece = co_await source->next();
    if (!piece || piece->empty() || piece->size() > left) co_return false;
    left -= piece->size();
    const bool written = co_await stream_->write_all(*piece, state_->config.write_timeout);
    if (!written) co_return false;
  }
  co_return true;
}

Task<bool> Connection::serve_events(std::unique_ptr<EventSource> events, bool chunked) {
  const bool stopping = state_->draining.stop_requested();
  if (stopping) co_return false;
  phase_ = Phase::kEvents;
  tasks_.spawn(watch_for_end(shared_from_this()));
  const auto [ended] = co_await asio::co_spawn(strand_, write_events(std::move(events), chunked),
                                               asio::bind_cancellation_slot(cancel_.slot(), kAwait));
  static_cast<void>(ended);  // a client that went away
  phase_ = Phase::kWorking;
  stream_->close();
  co_return false;
}

Task<> Connection::write_events(std::unique_ptr<EventSource> events, bool chunked) {
  const auto& config = state_->config;
  for (;;) {
    auto event = co_await events->next(state_->clock.now() + config.heartbeat);
    const bool silent = !event && event.error().code == ErrorCode::kTimeout;
    if (!event && !silent) break;
    if (event && !*event) break;
    const std::string text = silent ? std::string(": heartbeat\n\n") : format_event(**event);
    const std::string piece = chunked ? fmt::format("{:x}\r\n{}\r\n", text.size(), text) : text;
    const bool written = co_await stream_->write_all(piece, config.write_timeout);
    if (!written) co_return;
  }
  if (!chunked) co_return;
  const bool written = co_await stream_->write_all("0\r\n\r\n", config.write_timeout);
  static_cast<void>(written);
}

// A client of an event stream has nothing more to say; reading tells when it is gone.
Task<> Connection::watch_for_end(std::shared_ptr<Connection> self) {
  std::array<char, 1024> discarded{};
  for (;;) {
    self->stream_->expires_never();
    const auto [failure, count] = co_await self->stream_->async_read_some(asio::buffer(discarded), kAwait);
    if (failure) break;
  }
  if (self->phase_ == Phase::kEvents) self->cancel_.emit(asio::cancellation_type::terminal);
}

void Connection::record(const Exchange& exchange) {
  const int status = exchange.response.status;
  const double seconds = runtime::milliseconds_between(exchange.started, state_->clock.now()) / 1000;
  state_->parts.metrics
      .counter("parley_http_requests_total", "Requests answered",
               {{"method", std::string(name(exchange.request.method))},
                {"status", fmt::format("{}xx", status / 100)}})
      .add();
  state_->request_seconds.observe(seconds);
  state_->parts.log->info(exchange.context, "http_request",
                          {{"method", name(exchange.request.method)},
                           {"path", exchange.request.path},
                           {"status", status},
                           {"duration_ms", seconds * 1000},
                           {"bytes", exchange.sent_bytes},
                           {"remote", exchange.request.remote_address}});
}

}  // namespace parley::net
