// SPDX-License-Identifier: Apache-2.0
#include "net/websocket_session.hpp"

#include "net/response_head.hpp"
#include "net/websocket_frames.hpp"
#include "runtime/pace.hpp"
#include "runtime/task_group.hpp"
#include "runtime/turnstile.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parley::net {
namespace {

namespace asio = boost::asio;
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
constexpr auto kBetweenLooks = std::chrono::milliseconds(1000);  // at the link
constexpr std::size_t kReadAtOnce = 4 * 1024;  // holds 100 ms of PCM16 at 16 kHz, and what is said beside it
// Read in a row, messages or time spent with them; then others have their turn.
constexpr int kReadInARow = 8;
constexpr auto kReadInARowFor = std::chrono::milliseconds(1);
constexpr double kBytesAtOnce = 2 * 1024 * 1024;  // half a minute of sound, in Base64
constexpr double kSecondsAtOnce = 10;             // of messages
constexpr std::size_t kWriteAtOnce = 64 * 1024;   // bytes of messages, and the one that passes it
constexpr std::size_t kReadAhead = 64 * 1024;     // bytes of messages; what was read with them may follow

class WebSocketSession final : public WebSocket, public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(ServerState& state, std::unique_ptr<SocketStream> stream, Request request,
                   std::string protocol)
      : config_(state.config),
        stream_(std::move(stream)),
        strand_(stream_->get_executor()),
        close_timer_(strand_),
        read_timer_(strand_),
        silence_timer_(strand_),
        request_(std::move(request)),
        protocol_(std::move(protocol)),
        bytes_pace_(static_cast<double>(config_.websocket_bytes_per_second), kBytesAtOnce),
        messages_pace_(static_cast<double>(config_.websocket_messages_per_second),
                       kSecondsAtOnce * static_cast<double>(config_.websocket_messages_per_second)),
        reader_(static_cast<std::size_t>(config_.websocket_message_bytes)) {}

  const Request& request() const override { return request_; }
  const std::string& subprotocol() const override { return protocol_; }
  runtime::Executor executor() const override { return strand_; }
  std::size_t queued_bytes() const override { return queued_bytes_ + writing_bytes_; }
  std::optional<LinkSample> link() const override {
    const std::lock_guard lock(link_mutex_);
    return link_;
  }
  bool is_open() const override { return !closing_ && !ended_; }
  std::optional<std::uint16_t> close_code() const override { return closing_ ? std::nullopt : peers_code_; }

  Task<Result<std::optional<WebSocketMessage>>> read(TimePoint deadline) override;
  Result<> send_text(std::string text) override { return send({true, std::move(text)}); }
  Result<> send_binary(std::string bytes) override { return send({false, std::move(bytes)}); }
  void close(std::uint16_t code, std::string reason) override;

  // Answers the upgrade. False when the client is gone.
  Task<bool> accept(const std::string& correlation_id);
  static Task<> pump(std::shared_ptr<WebSocketSession> self);
  static Task<> write_queue(std::shared_ptr<WebSocketSession> self);
  // Pings a peer that has been silent for half of the time it may be, and cuts it after all of it.
  void watch_silence();
  // Returns once nothing will be written any more.
  Task<> finished();
  // Ends the connection now, or in a while if it has not ended by itself.
  void cut();
  void cut_after(std::chrono::milliseconds patience);

 private:
  Result<> send(WebSocketMessage message);
  void look_at_link();
  void begin_closing(std::uint16_t code, std::string_view reason, std::chrono::milliseconds patience);
  bool has_read_its_share();
  void wake_reader_at(TimePoint deadline);

  // Gives when more may come.
  TimePoint take(std::string_view bytes);
  void on(WebSocketMessage& message);
  void on(WebSocketPing& ping);
  void on(WebSocketPong&) {}
  void on(const WebSocketClosed& closed);
  void on(WebSocketFault& fault);
  void end_reading(std::optional<std::uint16_t> answer);

  void forget_queue();
  std::string next_frames();

  const ServerConfig& config_;
  std::unique_ptr<SocketStream> stream_;
  runtime::Executor strand_;
  asio::steady_timer close_timer_;
  asio::steady_timer read_timer_;
  asio::steady_timer silence_timer_;
  const Request request_;
  const std::string protocol_;

  runtime::Pace bytes_pace_;
  runtime::Pace messages_pace_;
  WebSocketReader reader_;
  std::array<char, kReadAtOnce> incoming_;
  bool heard_ = false;   // something, since the silence was last looked at
  bool pinged_ = false;  // since something was heard
  std::deque<WebSocketMessage> inbox_;
  std::size_t inbox_bytes_ = 0;
  int read_in_a_row_ = 0;  // without a wait
  TimePoint reads_since_{};
  std::optional<Error> read_error_;
  TimePoint read_deadline_ = TimePoint::max();  // of who is reading
  bool reader_is_woken_ = false;                // the timer runs, perhaps for an earlier reader
  runtime::Signal readable_;
  runtime::Signal taken_;

  std::string urgent_;               // a ping, sent before the queue
  std::optional<std::string> pong_;  // the answer to the last ping
  std::deque<WebSocketMessage> queue_;
  std::size_t queued_bytes_ = 0;
  std::size_t writing_bytes_ = 0;  // of messages that are given to the operating system just now
  runtime::Signal writable_;
  TimePoint link_looked_at_{};
  mutable std::mutex link_mutex_;
  std::optional<LinkSample> link_;
  std::optional<std::string> farewell_;  // the payload of the close frame, until it is sent
  std::optional<std::uint16_t> peers_code_;
  bool closing_ = false;  // this side ends it: nothing more is taken from the peer
  bool ended_ = false;    // nothing more is read: the connection is closed, lost or broken
  bool lost_ = false;     // nothing can be written either
  bool written_ = false;  // nothing more is written
  runtime::Signal done_;
};

Task<bool> WebSocketSession::accept(const std::string& correlation_id) {
  Response response{101};
  response.headers.set("Upgrade", "websocket");
  response.headers.set("Connection", "Upgrade");
  response.headers.set("Sec-WebSocket-Accept", accept_key(request_.header("Sec-WebSocket-Key").value_or("")));
  if (!protocol_.empty()) response.headers.set("Sec-WebSocket-Protocol", protocol_);
  const std::string head =
      format_head(response, {.correlation_id = correlation_id, .now = runtime::SystemClock().wall_now()});
  const bool written = co_await stream_->write_all(head, config_.header_timeout);
  stream_->expires_never();
  co_return written;
}

Task<Result<std::optional<WebSocketMessage>>> WebSocketSession::read(TimePoint deadline) {
  const auto self = shared_from_this();
  for (;;) {
    if (closing_) co_return std::optional<WebSocketMessage>();
    if (!inbox_.empty() && has_read_its_share()) {
      const bool told = co_await runtime::pass_turnstile();
      if (!told) co_return Error{ErrorCode::kCancelled, "the wait was cancelled"};
      continue;
    }
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
    read_in_a_row_ = 0;
    const bool told = co_await readable_.wait();
    read_deadline_ = TimePoint::max();
    if (!told && inbox_.empty() && !ended_ && !closing_) {
      co_return Error{ErrorCode::kCancelled, "the wait was cancelled"};
    }
  }
}

// Of what has come; who asks has what is left wait for others, if so.
bool WebSocketSession::has_read_its_share() {
  const TimePoint now = runtime::SystemClock().now();
  if (++read_in_a_row_ == 1) reads_since_ = now;
  const bool share = read_in_a_row_ > kReadInARow || now - reads_since_ >= kReadInARowFor;
  if (share) read_in_a_row_ = 0;
  return share;
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
  while (!self->ended_) {
    if (self->inbox_bytes_ >= kReadAhead && !self->closing_) {
      const bool taken = co_await self->taken_.wait();
      if (!taken) break;
      continue;
    }
    const std::size_t count = co_await self->stream_->read(self->incoming_);
    if (count == 0) {
      self->lost_ = true;
      self->end_reading(std::nullopt);
      break;
    }
    self->heard_ = true;
    self->look_at_link();
    const TimePoint until = self->take({self->incoming_.data(), count});
    for (TimePoint now; !self->ended_ && !self->closing_ && (now = runtime::SystemClock().now()) < until;) {
      const bool taken = co_await self->taken_.wait(std::min(until, now + kBetweenLooks));
      static_cast<void>(taken);
      self->heard_ = true;  // the silence is ours
    }
  }
}

TimePoint WebSocketSession::take(std::string_view bytes) {
  const auto count = static_cast<double>(bytes.size());
  double messages = 0;
  while (!ended_) {
    auto input = reader_.next(bytes);
    if (!input) break;
    ++messages;
    std::visit([this](auto& each) { on(each); }, *input);
  }
  const TimePoint now = runtime::SystemClock().now();
  return std::max(bytes_pace_.take(count, now), messages_pace_.take(messages, now));
}

void WebSocketSession::on(WebSocketMessage& message) {
  if (closing_) return;
  inbox_bytes_ += message.data.size() + sizeof(WebSocketMessage);
  inbox_.push_back(std::move(message));
  readable_.notify();
}

// Of several unanswered ones the last is enough (RFC 6455, 5.5.3).
void WebSocketSession::on(WebSocketPing& ping) {
  pong_ = std::move(ping.payload);
  writable_.notify();
}

void WebSocketSession::on(const WebSocketClosed& closed) {
  peers_code_ = closed.code;
  end_reading(closed.code == kCloseNoCode ? kCloseNormal : closed.code);
}

void WebSocketSession::on(WebSocketFault& fault) {
  read_error_ = std::move(fault.error);
  end_reading(fault.code);
}

// `answer`: the code of the close frame that is due, unless one was sent.
void WebSocketSession::end_reading(std::optional<std::uint16_t> answer) {
  ended_ = true;
  if (answer && !closing_) {
    farewell_ = close_payload(*answer, "");
    cut_after(kCloseTimeout);
  }
  forget_queue();
  readable_.notify();
  writable_.notify();
}

void WebSocketSession::watch_silence() {
  silence_timer_.expires_after(config_.websocket_idle_timeout / 2);
  silence_timer_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->lost_) return;
    const bool heard = std::exchange(self->heard_, false);
    const bool pinged = std::exchange(self->pinged_, !heard);
    if (!heard && pinged) return self->stream_->close();
    if (!heard) {
      append_frame(self->urgent_, WebSocketOpcode::kPing, {});
      self->writable_.notify();
    }
    self->watch_silence();
  });
}

Result<> WebSocketSession::send(WebSocketMessage message) {
  if (!is_open()) return Error{ErrorCode::kCancelled, "the connection is closed"};
  if (queued_bytes() + message.data.size() > static_cast<std::size_t>(config_.websocket_queue_bytes)) {
    forget_queue();
    begin_closing(kCloseTryAgainLater, "the client reads too slowly", kCloseTimeout);
    return Error{ErrorCode::kOverloaded, "the client reads too slowly"};
  }
  queued_bytes_ += message.data.size();
  queue_.push_back(std::move(message));
  writable_.notify();
  look_at_link();
  return {};
}

void WebSocketSession::look_at_link() {
  const TimePoint now = runtime::SystemClock().now();
  if (now - link_looked_at_ < kBetweenLooks) return;
  link_looked_at_ = now;
  const auto sample = stream_->link();
  const std::lock_guard lock(link_mutex_);
  link_ = sample;
}

void WebSocketSession::forget_queue() {
  queue_.clear();
  queued_bytes_ = 0;
}

// What goes out with one write.
std::string WebSocketSession::next_frames() {
  std::string frames = std::exchange(urgent_, {});
  if (pong_) append_frame(frames, WebSocketOpcode::kPong, *std::exchange(pong_, std::nullopt));
  while (!queue_.empty() && frames.size() < kWriteAtOnce) {
    const WebSocketMessage& message = queue_.front();
    append_frame(frames, message.text ? WebSocketOpcode::kText : WebSocketOpcode::kBinary, message.data);
    writing_bytes_ += message.data.size();
    queue_.pop_front();
  }
  queued_bytes_ -= writing_bytes_;
  return frames;
}

Task<> WebSocketSession::write_queue(std::shared_ptr<WebSocketSession> self) {
  while (!self->lost_) {
    std::string frames = self->next_frames();
    if (frames.empty() && self->farewell_) {
      append_frame(frames, WebSocketOpcode::kClose, *std::exchange(self->farewell_, std::nullopt));
      self->cut_after(kCloseTimeout);
    }
    if (!frames.empty()) {
      const bool sent = co_await self->stream_->write(frames);
      self->writing_bytes_ = 0;
      if (!sent) break;
    } else if (self->ended_) {
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
  begin_closing(code, reason, config_.write_timeout);
}

void WebSocketSession::begin_closing(std::uint16_t code, std::string_view reason,
                                     std::chrono::milliseconds patience) {
  if (!is_open()) return;
  closing_ = true;
  farewell_ = close_payload(code, reason);
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
  lost_ = true;
  close_timer_.cancel();
  read_timer_.cancel();
  silence_timer_.cancel();
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
  const auto session = std::make_shared<WebSocketSession>(*state, std::move(upgrade.stream),
                                                          std::move(upgrade.request), std::move(protocol));
  const bool accepted = co_await session->accept(context.correlation_id);
  const bool too_late = upgrade.hard_stop.stop_requested();
  if (!accepted || too_late) co_return session->cut();
  state->open_websockets.add(1);
  const TimePoint opened = state->clock.now();
  runtime::TaskGroup tasks(strand);
  tasks.spawn(WebSocketSession::pump(session));
  tasks.spawn(WebSocketSession::write_queue(session));
  session->watch_silence();

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
