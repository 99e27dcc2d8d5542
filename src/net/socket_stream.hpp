// SPDX-License-Identifier: Apache-2.0
// One accepted TCP connection, plain or TLS, behind one type: HTTP and WebSocket code is compiled once for
// both. An Asio AsyncReadStream and AsyncWriteStream. Inside net only.
#pragma once

#include "net/link_sample.hpp"
#include "runtime/task.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace parley::net {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, runtime::Executor>;

// All calls on the socket's strand. At most one read and one write at a time.
class SocketStream {
 public:
  using executor_type = runtime::Executor;

  explicit SocketStream(Socket socket);
  ~SocketStream();
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  executor_type get_executor();

  // Reads the first byte and, when a client begins TLS and `tls` is set, does its handshake. False when it
  // failed.
  runtime::Task<bool> accept(std::shared_ptr<boost::asio::ssl::context> tls);
  bool is_tls() const;
  std::optional<LinkSample> link() const;
  std::string remote_address() const;

  // From now, every operation that has not ended after `time` fails with a time-out; at most until the next
  // call.
  void expires_after(std::chrono::milliseconds time);
  void expires_never();

  // These bytes are read before what the socket holds.
  void put_back(std::string bytes);

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto&& handler, MutableBuffers target) {
          start_read(target, Handler(std::forward<decltype(handler)>(handler)));
        },
        token, gather<MutableBuffers>(buffers));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto&& handler, ConstBuffers source) {
          start_write(source, Handler(std::forward<decltype(handler)>(handler)));
        },
        token, gather<ConstBuffers>(buffers));
  }

  // Writes all of it, failing when the client takes no byte for `patience`. True when it was written.
  runtime::Task<bool> write_all(std::string_view bytes, std::chrono::milliseconds patience);

  // For long conversations, without a time-out but close(). Waits for bytes; how many it read, 0 at the end.
  runtime::Task<std::size_t> read(std::span<char> into);
  // True when all of it was written.
  runtime::Task<bool> write(std::string_view bytes);

  // Ends the connection politely: what was written arrives even when the client is still sending. Takes a
  // moment.
  runtime::Task<> finish();
  // Ends it at once; pending operations fail. Idempotent.
  void close();

 private:
  static constexpr std::size_t kMaxBuffers = 8;
  using MutableBuffers = std::array<boost::asio::mutable_buffer, kMaxBuffers>;
  using ConstBuffers = std::array<boost::asio::const_buffer, kMaxBuffers>;
  using Handler = boost::asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;

  // Operations may do less than was asked, so the first few buffers are enough.
  template <class Out, class Buffers>
  static Out gather(const Buffers& buffers) {
    Out out;
    std::size_t count = 0;
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto it = boost::asio::buffer_sequence_begin(buffers); it != end && count < kMaxBuffers; ++it) {
      const typename Out::value_type buffer(*it);
      if (buffer.size() != 0) out[count++] = buffer;
    }
    return out;
  }

  void start_read(MutableBuffers target, Handler handler);
  void start_write(ConstBuffers source, Handler handler);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::net
