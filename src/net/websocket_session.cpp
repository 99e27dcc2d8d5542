// SPDX-License-Identifier: Apache-2.0
#include "net/websocket_session.hpp"

#include "runtime/task_group.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <tuple>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace parley::net {

// How Beast ends a stream type that it does not know.
inline void beast_close_socket(SocketStream& stream) { stream.close(); }

template <class Handler>
void async_teardown(boost::beast::role_type, SocketStream& stream, Handler&& handler) {
  stream.close();
  boost::asio::post(stream.get_executor(), boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                                            boost::system::error_code()));
}

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<runtime::Executor>());
// How long a peer has to take part in closing; after that the connection is cut.
constexpr auto kCloseTimeout = std::chrono::milliseconds(2000);
constexpr std::size_t kKeptBuffer = 64 * 1024;  // of a read buffer between messages
constexpr std::size_t kReadAhead = 64 * 1024;   // bytes of messages; one more may be begun
constexpr std::size_t kMaxReason = 123;         // RFC 6455, 5.5: control frames hold 125 bytes

class WebSocketSession final : public WebSocket, public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(const ServerConfig& config, std::unique_ptr<SocketStream> stream, Request request,
                   std::string protocol)
      : config_(config),
        stream_(std::move(stream)),
        ws_(*stream_),
        strand_(stream_->get_executor()),
        close_timer_(strand_),
        read_timer_(strand_),
        request_(std::move(request)),
        protocol_(std::move(protocol)) {}

  const Request& request() const override { return request_; }
  const std::string& subprotocol() const override { return protocol_; }
  runtime::Executor executor() const override { return strand_; }
  std::size_t queued_bytes() const override { return queued_bytes_; }
  bool is_open() const override { return !closing_ && !ended_; }

  Task<Result<std::optional<WebSocketMessage>>> read(TimePoint deadline) override;
  Result<> send_text(std::string text) override { return send({true, std::move(text)}); }
  Result<> send_binary(std::string bytes) override { return send({false, std::move(bytes)}); }
  void close(std::uint16_t code, std::string reason) override;

  // Answers the upgrade. False when the client is gone.
  Task<bool> accept(const std::string& correlation_id);
  static Task<> pump(std::shared_ptr<WebSocketSession> self);
  static Task<> write_queue(std::shared_ptr<WebSocketSession> self);
  // Returns once nothing will be written any more.
  Task<> finished();
  // Ends the connection now, or in a while if it has not ended by itself.
  void cut();
  void cut_after(std::chrono::milliseconds patience);

 private:
  Result<> send(WebSocketMessage message);
  void begin_closing(websocket::close_reason reason, std::chrono::milliseconds patience);
  void end_reading(const error_code& failure);
  void wake_reader_at(TimePoint deadline);

  const ServerConfig& config_;
  std::unique_ptr<SocketStream> stream_;
  websocket::stream<SocketStream&, false> ws_;  // without compression: audio does not shrink
  runtime::Executor strand_;
  asio::steady_timer close_timer_;
  asio::steady_timer read_timer_;
  const Request request_;
  const std::string protocol_;

  beast::flat_buffer incoming_;
  std::deque<WebSocketMessage> inbox_;
  std::size_t inbox_bytes_ = 0;
  std::optional<Error> read_error_;
  TimePoint read_deadline_ = TimePoint::max();  // of who is reading
  bool reader_is_woken_ = false;                // the timer runs, perhaps for an earlier reader
  runtime::Signal readable_;
  runtime::Signal taken_;

  std::deque<WebSocketMessage> queue_;
  std::size_t queued_bytes_ = 0;
  runtime::Signal writable_;
  std::optional<websocket::close_reason> closing_;
  bool ended_ = false;    // nothing more is read: the connection is closed, lost or broken
  bool written_ = false;  // nothing more is written
  runtime::Signal done_;
};

Task<bool> WebSocketSession::accept(const std::string& correlation_id) {
  beast::http::request<beast::http::empty_body> upgrade(beast::http::verb::get, request_.target, 11);
  for (const std::string_view name :
       {"Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"}) {
    const auto value = request_.header(name);
    if (value)
      upgrade.set(beast::string_view(name.data(), name.size()),
                  beast::string_view(value->data(), value->size()));
  }
  websocket::stream_base::timeout timeouts{};
  timeouts.handshake_timeout = config_.header_timeout;
  timeouts.idle_timeout = config_.websocket_idle_timeout;
  timeouts.keep_alive_pings = true;
  ws_.set_option(timeouts);
  ws_.set_option(
      websocket::stream_base::decorator([this, correlation_id](websocket::response_type& response) {
        response.set("X-Request-Id", correlation_id);
        if (!protocol_.empty()) response.set(beast::http::field::sec_websocket_protocol, protocol_);
      }));
  ws_.read_message_max(static_cast<std::size_t>(config_.websocket_message_bytes));
  ws_.auto_fragment(false);
  stream_->expires_never();
  const auto [failure] = co_await ws_.async_accept(upgrade, kAwait);
  co_return !failure;
}

Task<Result<std::optional<WebSocketMessage>>> WebSocketSession::read(TimePoint deadline) {
  const auto self = shared_from_this();
  for (;;) {
    if (closing_) co_return std::optional<WebSocketMessage>();
    if (!inbox_.empty()) {
      std::optional<WebSocketMessage> message = std::move(inbox_.front());
      inbox_.pop_front();
      const bool was_full = inbox_bytes_ >= kReadAhead;
      inbox_bytes_ -= message->data.size() + sizeof(WebSocketMessage);
      if (was_full) taken_.notify();
      co_return message;
    }
    if (read_error_) {
      Error error = std::move(*read_error_);
      read_error_.reset();
      co_return error;
    }
    if (ended_) co_return std::optional<WebSocketMessage>();
    const bool late = deadline != TimePoint::max() && runtime::SystemClock().now() >= deadline;
    if (late) co_return Error{ErrorCode::kTimeout, "no message arrived in time"};
    wake_reader_at(deadline);
    const bool told = co_await readable_.wait();
    read_deadline_ = TimePoint::max();
    if (!told && inbox_.empty() && !ended_ && !closing_) {
      co_return Error{ErrorCode::kCancelled, "the wait was cancelled"};
    }
  }
}

// A timer for every message would cost more than reading it: one that runs is left to run, and goes on from
// there if the reader of its time has long had its message.
void WebSocketSession::wake_reader_at(TimePoint deadline) {
  read_deadline_ = deadline;
  if (deadline == TimePoint::max() || (reader_is_woken_ && read_timer_.expiry() <= deadline)) return;
  reader_is_woken_ = true;
  read_timer_.expires_at(deadline);
  read_timer_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self) return;
    self->reader_is_woken_ = false;
    if (self->read_deadline_ <= runtime::SystemClock().now()) {
      self->readable_.notify();
    } else {
      self->wake_reader_at(self->read_deadline_);
    }
  });
}

// Reads on even while the handler does not, as far as there is room: pings and the end are seen.
Task<> WebSocketSession::pump(std::shared_ptr<WebSocketSession> self) {
  for (;;) {
    if (self->inbox_bytes_ >= kReadAhead && !self->closing_) {
      const bool taken = co_await self->taken_.wait();
      if (!taken) break;
      continue;
    }
    const auto [failure, count] = co_await self->ws_.async_read(self->incoming_, kAwait);
    if (failure) {
      self->end_reading(failure);
      break;
    }
    if (!self->closing_) {
      self->inbox_.push_back({self->ws_.got_text(), beast::buffers_to_string(self->incoming_.data())});
      self->inbox_bytes_ += self->inbox_.back().data.size() + sizeof(WebSocketMessage);
      self->readable_.notify();
    }
    self->incoming_.clear();
    if (self->incoming_.capacity() > kKeptBuffer) self->incoming_.shrink_to_fit();
  }
}

// Beast has sent the close frame that fits the failure already.
void WebSocketSession::end_reading(const error_code& failure) {
  if (failure == websocket::error::message_too_big || failure == websocket::error::buffer_overflow) {
    read_error_ = Error{ErrorCode::kPayloadTooLarge, "a message is too large"};
  } else if (failure == websocket::error::bad_frame_payload) {
    read_error_ = Error{ErrorCode::kBadRequest, "a text message is not UTF-8"};
  } else if (failure == websocket::condition::protocol_violation) {
    read_error_ = Error{ErrorCode::kBadRequest, "a WebSocket frame is malformed"};
  }
  ended_ = true;
  readable_.notify();
  writable_.notify();
}

Result<> WebSocketSession::send(WebSocketMessage message) {
  if (!is_open()) return Error{ErrorCode::kCancelled, "the connection is closed"};
  if (queued_bytes_ + message.data.size() > static_cast<std::size_t>(config_.websocket_queue_bytes)) {
    for (const auto& waiting : queue_) queued_bytes_ -= waiting.data.size();
    queue_.clear();
    begin_closing({websocket::close_code(kCloseTryAgainLater), "the client reads too slowly"}, kCloseTimeout);
    return Error{ErrorCode::kOverloaded, "the client reads too slowly"};
  }
  queued_bytes_ += message.data.size();
  queue_.push_back(std::move(message));
  writable_.notify();
  return {};
}

Task<> WebSocketSession::write_queue(std::shared_ptr<WebSocketSession> self) {
  for (;;) {
    if (self->ended_) break;
    if (!self->queue_.empty()) {
      const WebSocketMessage message = std::move(self->queue_.front());
      self->queue_.pop_front();
      self->ws_.text(message.text);
      const auto [failure, count] = co_await self->ws_.async_write(asio::buffer(message.data), kAwait);
      self->queued_bytes_ -= message.data.size();
      if (failure) break;
    } else if (self->closing_) {
      self->cut_after(kCloseTimeout);
      const auto [failure] = co_await self->ws_.async_close(*self->closing_, kAwait);
      static_cast<void>(failure);  // closed either way
      break;
    } else {
      const bool told = co_await self->writable_.wait();
      if (!told) break;
    }
  }
  self->ended_ = true;
  self->written_ = true;
  self->readable_.notify();
  self->done_.notify();
}

void WebSocketSession::close(std::uint16_t code, std::string reason) {
  if (reason.size() > kMaxReason) reason.resize(kMaxReason);
  begin_closing({websocket::close_code(code), beast::string_view(reason)}, config_.write_timeout);
}

void WebSocketSession::begin_closing(websocket::close_reason reason, std::chrono::milliseconds patience) {
  if (!is_open()) return;
  closing_ = reason;
  cut_after(patience);
  writable_.notify();
  readable_.notify();
  taken_.notify();
}

Task<> WebSocketSession::finished() {
  while (!written_) {
    const bool told = co_await done_.wait();
    static_cast<void>(told);
  }
}

void WebSocketSession::cut() {
  ended_ = true;
  close_timer_.cancel();
  read_timer_.cancel();
  stream_->close();
  taken_.notify();
}

void WebSocketSession::cut_after(std::chrono::milliseconds patience) {
  if (written_) return;
  close_timer_.expires_after(patience);
  close_timer_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    const auto self = weak.lock();
    if (!cancelled && self) self->stream_->close();
  });
}

// The first of the server's protocols that the client offers, as the client spells it where any ending will
// do.
std::string choose_protocol(const Route& route, const Request& request) {
  const std::vector<std::string_view> offered = request.headers.tokens("Sec-WebSocket-Protocol");
  for (const std::string_view protocol : route.protocols) {
    if (!protocol.ends_with('*')) {
      if (request.headers.has_token("Sec-WebSocket-Protocol", protocol)) return std::string(protocol);
      continue;
    }
    const auto beginning = protocol.substr(0, protocol.size() - 1);
    const auto found = std::find_if(offered.begin(), offered.end(),
                                    [&](std::string_view each) { return each.starts_with(beginning); });
    if (found != offered.end()) return std::string(*found);
  }
  return {};
}

Task<> invoke(const WebSocketHandler* handler, Context context, std::shared_ptr<WebSocket> socket) {
  co_await (*handler)(std::move(context), std::move(socket));
}

// 0 when the handler returned, else the close code that tells of its failure.
std::uint16_t judge(const std::exception_ptr& failure, bool stopping, const Context& context,
                    runtime::Log& log) {
  if (stopping) return kCloseGoingAway;
  if (!failure) return kCloseNormal;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& caught) {
    log.error(context, "websocket_handler_failed", {{"what", caught.what()}});
  }
  return kCloseInternalError;
}

}  // namespace

Result<> check_upgrade(const Request& request) {
  if (request.method != Method::kGet) return Error{ErrorCode::kBadRequest, "a WebSocket begins with GET"};
  if (!request.headers.has_token("Connection", "upgrade")) {
    return Error{ErrorCode::kBadRequest, "a WebSocket needs Connection: Upgrade", "Connection"};
  }
  if (request.header("Sec-WebSocket-Version") != "13") {
    return Error{ErrorCode::kBadRequest, "version 13 of WebSocket is spoken here", "Sec-WebSocket-Version"};
  }
  // 16 bytes in Base64.
  const auto key = request.header("Sec-WebSocket-Key");
  if (!key || key->size() != 24 || !key->ends_with("==")) {
    return Error{ErrorCode::kBadRequest, "the key of the WebSocket is malformed", "Sec-WebSocket-Key"};
  }
  return {};
}

Task<> run_websocket(WebSocketUpgrade upgrade) {
  const auto state = upgrade.state;
  const Context context = upgrade.context;
  const runtime::Executor strand = upgrade.stream->get_executor();
  std::string protocol = choose_protocol(upgrade.route, upgrade.request);
  const auto session = std::make_shared<WebSocketSession>(state->config, std::move(upgrade.stream),
                                                          std::move(upgrade.request), std::move(protocol));
  const bool accepted = co_await session->accept(context.correlation_id);
  const bool too_late = upgrade.hard_stop.stop_requested();
  if (!accepted || too_late) co_return session->cut();
  state->open_websockets.add(1);
  const TimePoint opened = state->clock.now();
  runtime::TaskGroup tasks(strand);
  tasks.spawn(WebSocketSession::pump(session));
  tasks.spawn(WebSocketSession::write_queue(session));

  // The hard stop is asked for on the strand.
  const std::stop_callback at_hard_stop(upgrade.hard_stop, [&session] { session->cut_after(kCloseTimeout); });
  const auto [failure] = co_await asio::co_spawn(strand, invoke(&upgrade.route.websocket, context, session),
                                                 asio::bind_cancellation_slot(upgrade.cancel.slot(), kAwait));
  const std::uint16_t code = judge(failure, state->draining.stop_requested(), context, *state->parts.log);
  session->close(code, code == kCloseGoingAway ? "the server is stopping" : "");
  co_await session->finished();
  session->cut();
  co_await tasks.stop();
  state->open_websockets.add(-1);
  state->parts.log->info(context, "websocket_closed",
                         {{"path", session->request().path},
                          {"code", code},
                          {"duration_ms", runtime::milliseconds_between(opened, state->clock.now())}});
}

}  // namespace parley::net
