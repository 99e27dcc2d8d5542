// SPDX-License-Identifier: Apache-2.0
#include "net/socket_stream.hpp"

#include <cstring>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/detect_ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

namespace parley::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using runtime::Task;

using TcpStream = beast::basic_stream<asio::ip::tcp, runtime::Executor>;
using TlsStream = asio::ssl::stream<TcpStream&>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<runtime::Executor>());
constexpr std::size_t kWriteSlice = 64 * 1024;
// How long a closing connection listens on to a client that is still sending, and how much of it is thrown
// away: closing with unread bytes would reset the connection, and the client would never see the answer.
constexpr auto kLinger = std::chrono::milliseconds(1500);
constexpr std::size_t kLingerBytes = 8 * 1024 * 1024;

}  // namespace

struct SocketStream::State {
  explicit State(Socket socket) : tcp(std::move(socket)) {}
  TcpStream tcp;
  std::shared_ptr<asio::ssl::context> context;
  std::optional<TlsStream> tls;
  std::string put_back;
};

SocketStream::SocketStream(Socket socket) : state_(std::make_unique<State>(std::move(socket))) {}
SocketStream::~SocketStream() = default;

SocketStream::executor_type SocketStream::get_executor() { return state_->tcp.get_executor(); }

Task<bool> SocketStream::accept(std::shared_ptr<asio::ssl::context> tls) {
  error_code ignored;
  state_->tcp.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  if (!tls) co_return true;
  beast::flat_buffer first;
  const auto [failure, is_tls] = co_await beast::async_detect_ssl(state_->tcp, first, kAwait);
  if (failure) co_return false;
  if (!is_tls) {
    put_back(beast::buffers_to_string(first.data()));
    co_return true;
  }
  state_->context = std::move(tls);
  state_->tls.emplace(state_->tcp, *state_->context);
  const auto [refused, used] = co_await state_->tls->async_handshake(TlsStream::server, first.data(), kAwait);
  co_return !refused;
}

bool SocketStream::is_tls() const { return state_->tls.has_value(); }

std::optional<LinkSample> SocketStream::link() const {
  return sample_link(state_->tcp.socket().native_handle());
}

std::string SocketStream::remote_address() const {
  error_code error;
  const auto endpoint = state_->tcp.socket().remote_endpoint(error);
  if (error) return {};
  const std::string address = endpoint.address().to_string();
  const bool v6 = endpoint.address().is_v6();
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

void SocketStream::expires_after(std::chrono::milliseconds time) { state_->tcp.expires_after(time); }
void SocketStream::expires_never() { state_->tcp.expires_never(); }

void SocketStream::put_back(std::string bytes) { state_->put_back = std::move(bytes) + state_->put_back; }

void SocketStream::start_read(MutableBuffers target, Handler erased) {
  // The executor of an erased handler is not one that a socket can use; the strand is, and is the right one.
  auto handler = asio::bind_executor(get_executor(), std::move(erased));
  if (!state_->put_back.empty()) {
    const std::size_t count = asio::buffer_copy(target, asio::buffer(state_->put_back));
    state_->put_back.erase(0, count);
    asio::post(get_executor(),
               [handler = std::move(handler), count]() mutable { std::move(handler)(error_code(), count); });
  } else if (state_->tls) {
    state_->tls->async_read_some(target, std::move(handler));
  } else {
    state_->tcp.async_read_some(target, std::move(handler));
  }
}

void SocketStream::start_write(ConstBuffers source, Handler erased) {
  auto handler = asio::bind_executor(get_executor(), std::move(erased));
  if (state_->tls) {
    state_->tls->async_write_some(source, std::move(handler));
  } else {
    state_->tcp.async_write_some(source, std::move(handler));
  }
}

Task<bool> SocketStream::write_all(std::string_view bytes, std::chrono::milliseconds patience) {
  while (!bytes.empty()) {
    expires_after(patience);
    const auto slice = bytes.substr(0, kWriteSlice);
    const auto [failure, count] = co_await async_write_some(asio::buffer(slice), kAwait);
    if (failure) co_return false;
    bytes.remove_prefix(count);
  }
  co_return true;
}

// On the socket itself: the timers of Beast's stream cost as much as the read.
Task<std::size_t> SocketStream::read(std::span<char> into) {
  const auto target = asio::buffer(into.data(), into.size());
  std::string& first = state_->put_back;
  if (!first.empty()) {
    const std::size_t count = asio::buffer_copy(target, asio::buffer(first));
    first.erase(0, count);
    co_return count;
  }
  if (state_->tls) {
    const auto [failure, count] = co_await state_->tls->async_read_some(target, kAwait);
    co_return failure ? 0 : count;
  }
  const auto [failure, count] = co_await state_->tcp.socket().async_read_some(target, kAwait);
  co_return failure ? 0 : count;
}

Task<bool> SocketStream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto source = asio::buffer(bytes.substr(0, kWriteSlice));
    std::size_t written = 0;
    if (state_->tls) {
      const auto [failure, count] = co_await state_->tls->async_write_some(source, kAwait);
      written = failure ? 0 : count;
    } else {
      const auto [failure, count] = co_await state_->tcp.socket().async_write_some(source, kAwait);
      written = failure ? 0 : count;
    }
    if (written == 0) co_return false;
    bytes.remove_prefix(written);
  }
  co_return true;
}

Task<> SocketStream::finish() {
  expires_after(kLinger);
  if (state_->tls) {
    // Only our half: a client that never answers with its own must not hold the connection for long.
    const auto [failure] = co_await state_->tls->async_shutdown(kAwait);
    static_cast<void>(failure);
  }
  error_code ignored;
  state_->tcp.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  std::array<char, 16 * 1024> discarded{};
  for (std::size_t total = 0; total < kLingerBytes;) {
    const auto [failure, count] = co_await state_->tcp.async_read_some(asio::buffer(discarded), kAwait);
    if (failure) break;
    total += count;
  }
  close();
}

void SocketStream::close() { state_->tcp.close(); }

}  // namespace parley::net
