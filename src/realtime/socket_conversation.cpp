// SPDX-License-Identifier: Apache-2.0
#include "realtime/socket_conversation.hpp"

#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"

#include <algorithm>
#include <stop_token>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace parley::realtime {

using runtime::Context;
using runtime::ErrorCode;
using runtime::Task;

namespace {

// Lets the turn under way end when the server stops, then says goodbye.
Task<> finish_on_stop(std::shared_ptr<runtime::Signal> stopping, std::shared_ptr<SocketProtocol> protocol,
                      std::shared_ptr<net::WebSocket> socket) {
  const bool asked = co_await stopping->wait();
  if (!asked) co_return;
  const bool idle = co_await protocol->conversation().wait_idle(runtime::TimePoint::max());
  if (idle) socket->close(net::kCloseGoingAway, "the server is stopping");
}

}  // namespace

LiveSessions::End ender(const std::shared_ptr<net::WebSocket>& socket) {
  return [weak = std::weak_ptr(socket)](std::uint16_t close_code, std::string reason) {
    const auto live = weak.lock();
    if (!live) return;
    boost::asio::post(live->executor(),
                      [live, close_code, reason = std::move(reason)] { live->close(close_code, reason); });
  };
}

Task<> converse(Context context, std::shared_ptr<net::WebSocket> socket,
                std::shared_ptr<SocketProtocol> protocol) {
  const auto stopping = std::make_shared<runtime::Signal>();
  const std::stop_callback on_stop(context.stop, [stopping] { stopping->notify(); });
  runtime::TaskGroup tasks(socket->executor());
  tasks.spawn(finish_on_stop(stopping, protocol, socket));
  protocol->greet();
  for (;;) {
    const auto wake_at = std::min(protocol->wake_at(), protocol->conversation().wake_at());
    const auto message = co_await socket->read(wake_at);
    protocol->conversation().wake();
    if (!message && message.error().code == ErrorCode::kTimeout) {
      protocol->wake();
      continue;
    }
    if (!message || !message->has_value()) break;
    protocol->receive(**message);
    if (protocol->conversation().far_behind()) co_await protocol->conversation().wait_for_recognizer();
  }
  // Also when it is the server that has no more time.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  co_await tasks.stop();
  co_await protocol->close();
}

}  // namespace parley::realtime
