// SPDX-License-Identifier: Apache-2.0
// One accepted WebSocket connection (RFC 6455).
#pragma once

#include "net/http.hpp"
#include "net/link_sample.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley::net {

struct WebSocketMessage {
  bool text = true;  // false: binary
  std::string data;  // valid UTF-8 when text
};

// The close codes Parley knows (RFC 6455, 7.4.1, and the IANA registry).
enum CloseCode : std::uint16_t {
  kCloseNormal = 1000,
  kCloseGoingAway = 1001,
  kCloseProtocolError = 1002,
  kCloseNoCode = 1005,  // never sent: the peer gave none
  kCloseInvalidData = 1007,
  kClosePolicy = 1008,
  kCloseTooBig = 1009,
  kCloseInternalError = 1011,
  kCloseTryAgainLater = 1013,
};

// All calls on its strand, except where told. Pings are answered and the peer's life is watched inside.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  // The request that opened it: path, query, headers.
  virtual const Request& request() const = 0;
  // The protocol agreed on (Sec-WebSocket-Protocol); empty when none was.
  virtual const std::string& subprotocol() const = 0;
  // The connection's strand. Any thread.
  virtual runtime::Executor executor() const = 0;

  // The next message. Nothing once the connection is closed or lost, by either side. BAD_REQUEST when the
  // peer sent a malformed frame or text that is not UTF-8, PAYLOAD_TOO_LARGE when a message is over the
  // limit: the connection is then being closed with the code that says so. TIMEOUT when `deadline` passes
  // first (the connection stays usable), CANCELLED when the waiting coroutine is cancelled. One reader at a
  // time. Little more than 64 KiB, or one message, are read ahead, so a handler that does not read holds its
  // peer back; one that does not read for websocket_idle_timeout loses the connection: nothing can be heard
  // of the peer meanwhile.
  virtual runtime::Task<runtime::Result<std::optional<WebSocketMessage>>> read(
      runtime::TimePoint deadline = runtime::TimePoint::max()) = 0;

  // Queues a message; messages leave in order. Never waits. CANCELLED when the connection is closed or
  // closing. OVERLOADED when the peer reads so slowly that the queue is over its limit (ServerConfig): the
  // queue is dropped and the connection closed with 1013.
  virtual runtime::Result<> send_text(std::string text) = 0;
  virtual runtime::Result<> send_binary(std::string bytes) = 0;
  // Bytes of messages queued and not yet given to the operating system.
  virtual std::size_t queued_bytes() const = 0;
  // The way to the client as it was when something was sent or came last, or a second before. Any thread.
  virtual std::optional<LinkSample> link() const = 0;

  // Sends what is queued, then the close frame. Reasons are cut to 123 bytes. Idempotent: the first call
  // counts.
  virtual void close(std::uint16_t code, std::string reason) = 0;
  virtual bool is_open() const = 0;
  // The code that the peer closed the connection with (1005 when it gave none). Nothing while it is open,
  // when it was lost, and when this side closed it.
  virtual std::optional<std::uint16_t> close_code() const = 0;
};

// Runs on the connection's strand and owns the connection while it runs; when it returns, the connection
// closes with 1000, or 1001 when the server is stopping. context.stop is asked when the server begins to
// stop: the handler may finish its turn until the server's deadline, then it is cancelled and the peer gets
// 1001. A throw is logged and closes with 1011. A peer that goes away is told by read(), or by CANCELLED from
// send.
using WebSocketHandler = std::function<runtime::Task<>(runtime::Context, std::shared_ptr<WebSocket>)>;

// Asked before an upgrade is accepted; a failure is the HTTP answer to it.
using WebSocketGate = std::function<runtime::Result<>(const Request&)>;

}  // namespace parley::net
