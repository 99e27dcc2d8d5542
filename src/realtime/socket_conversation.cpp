// SPDX-License-Identifier: Apache-2.0
#include "realtime/socket_conversation.hpp"

#include "realtime/run_on.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"

#include <algorithm>
#include <stop_token>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace parley::realtime {

using net::WebSocket;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

namespace {

using Read = Result<std::optional<net::WebSocketMessage>>;

// Lets the turn under way end when the server stops, then says goodbye. Nobody listens to it at a line that
// is lost.
Task<> finish_on_stop(std::shared_ptr<runtime::Signal> stopping, std::shared_ptr<SocketProtocol> protocol,
                      std::shared_ptr<Line> line) {
  const bool asked = co_await stopping->wait();
  if (!asked) co_return;
  bool idle = line->is_lost();
  if (!idle) idle = co_await protocol->conversation().wait_idle(TimePoint::max());
  if (idle) line->end(net::kCloseGoingAway, "the server is stopping");
}

// A page that is left or loaded again says that it goes away; it may be back. So may who says nothing.
bool said_goodbye(const WebSocket& socket) {
  const auto code = socket.close_code();
  return code && *code != net::kCloseGoingAway;
}

// What comes of reading once.
struct Taken {
  bool goes_on = false;  // the socket is to be read again,
  TimePoint wake_at{};   // and this long
  bool behind = false;   // but not before the conversation has caught up
};

TimePoint wake_time(const SocketProtocol& protocol, const conversation::Session& conversation) {
  return std::min(protocol.wake_at(), conversation.wake_at());
}

// On the line's strand.
Taken take(Line& line, const WebSocket& socket, const Read& read, bool goodbye) {
  const auto protocol = line.speaker();
  if (!protocol || line.socket().get() != &socket) return {};
  auto& conversation = protocol->conversation();
  conversation.wake();
  if (!read && read.error().code == ErrorCode::kTimeout) {
    protocol->wake();
    return {true, wake_time(*protocol, conversation), false};
  }
  if (!read) {
    line.end(net::kCloseGoingAway, "the server is stopping");  // unless the socket knows better already
    return {};
  }
  if (!read->has_value()) {
    line.lose(socket, goodbye);
    if (line.is_lost()) conversation.client_lost();
    return {};
  }
  line.count_received();
  protocol->receive(**read);
  return {true, wake_time(*protocol, conversation), conversation.far_behind()};
}

Task<> hold_back(std::shared_ptr<Line> line) {
  const auto protocol = line->speaker();
  if (!protocol || line->holds_back) co_return;
  line->holds_back = true;
  co_await protocol->conversation().wait_while_behind();
  line->holds_back = false;
}

Task<Taken> take_there(std::shared_ptr<Line> line, std::shared_ptr<WebSocket> socket, Read read,
                       bool goodbye) {
  const Taken taken = take(*line, *socket, read, goodbye);
  if (taken.behind) co_await hold_back(line);
  co_return taken;
}

Task<TimePoint> first_wake(std::shared_ptr<Line> line) {
  const auto protocol = line->speaker();
  co_return protocol ? wake_time(*protocol, protocol->conversation()) : TimePoint::max();
}

// Reads a socket of the line, on the socket's strand, until it is lost or another has its place. To the
// line's own strand there is no way to go, which is the usual case.
Task<> listen(std::shared_ptr<Line> line, std::shared_ptr<WebSocket> socket) {
  const bool at_home = socket->executor() == line->strand();
  auto first = first_wake(line);
  TimePoint wake_at = co_await run_on(line->strand(), std::move(first));
  for (;;) {
    Read read = co_await socket->read(wake_at);
    const bool goodbye = said_goodbye(*socket);
    Taken taken;
    if (at_home) {
      taken = take(*line, *socket, read, goodbye);
      if (taken.behind) co_await hold_back(line);
    } else if (!read && read.error().code == ErrorCode::kCancelled) {
      co_return;  // the line's own handler has no more time, either
    } else {
      auto taking = take_there(line, socket, std::move(read), goodbye);
      taken = co_await run_on(line->strand(), std::move(taking));
    }
    if (!taken.goes_on) co_return;
    wake_at = taken.wake_at;
  }
}

// On the line's strand.
Task<Result<>> reconnect(std::shared_ptr<Line> line, std::shared_ptr<WebSocket> socket, Return back) {
  const auto protocol = line->speaker();
  if (!protocol || line->is_over()) co_return Error{ErrorCode::kNotFound, "the session is over", "resume"};
  if (!line->keeps() || back.protocol != line->protocol()) {
    co_return Error{ErrorCode::kConflict, "the session cannot be gone on with in this way", "resume"};
  }
  const std::uint64_t seen = back.seen.value_or(line->next_number() - 1);
  const auto taken = line->take(std::move(socket), seen);
  if (!taken) co_return taken.error();
  protocol->welcome_back(back.seen);
  const auto missed = back.seen ? line->send_again(seen) : std::chrono::microseconds{};
  protocol->conversation().client_returned(missed);
  co_return Result<>();
}

}  // namespace

Task<> converse(Context context, std::shared_ptr<Line> line, std::shared_ptr<SocketProtocol> protocol) {
  const auto stopping = std::make_shared<runtime::Signal>();
  const std::stop_callback on_stop(context.stop, [stopping] { stopping->notify(); });
  runtime::TaskGroup tasks(line->strand());
  tasks.spawn(finish_on_stop(stopping, protocol, line));
  line->set_speaker(protocol);
  protocol->greet();
  co_await listen(line, line->socket());
  while (!line->is_over()) {
    const TimePoint deadline = line->deadline();
    const auto cancelled = co_await boost::asio::this_coro::cancellation_state;
    bool told = false;
    if (cancelled.cancelled() == boost::asio::cancellation_type::none) {
      told = co_await line->changed().wait(deadline);
    }
    // It expired, or the server has no more time.
    if (!told && deadline == line->deadline()) line->end(net::kCloseGoingAway, "the server is stopping");
  }
  // Also when it is the server that has no more time.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  co_await tasks.stop();
  line->set_speaker({});
  co_await protocol->close();
}

Task<Result<>> come_back(std::shared_ptr<Line> line, std::shared_ptr<WebSocket> socket, Return back) {
  if (back.principal != line->owner()) {
    co_return Error{ErrorCode::kForbidden, "the session is somebody else's", "resume"};
  }
  auto reconnecting = reconnect(line, socket, std::move(back));
  const auto reconnected = co_await run_on(line->strand(), std::move(reconnecting));
  if (!reconnected) co_return reconnected.error();
  co_await listen(std::move(line), std::move(socket));
  co_return Result<>();
}

}  // namespace parley::realtime
