// SPDX-License-Identifier: Apache-2.0
#include "client.hpp"

#include <cerrno>
#include <stdexcept>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parley::bench {

std::string client_frame(Opcode opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80 | static_cast<int>(opcode)));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() < 65'536) {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 0xFFU);
  } else {
    throw std::length_error("a frame of more than 64 KiB");
  }
  frame.append(4, '\0');
  return frame.append(payload);
}

Client::Client(std::uint16_t port, std::string_view path) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw std::runtime_error("no more sockets");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int done = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (done != 0 && errno != EINPROGRESS) throw std::runtime_error("nobody listens");
  unsent_ = "GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
            "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

Client::~Client() { ::close(socket_); }

bool Client::flush() {
  while (!unsent_.empty()) {
    const auto sent = ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == ENOTCONN;
    connected_ = true;
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
  return true;
}

bool Client::send(std::string_view frames) {
  if (unsent_.empty() && connected_) {
    const auto sent = ::send(socket_, frames.data(), frames.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent > 0) frames.remove_prefix(static_cast<std::size_t>(sent));
    unsent_ = frames;
    return true;
  }
  unsent_ += frames;
  return flush();
}

bool Client::receive(const OnFrame& on_frame) {
  if (!flush()) return false;
  static std::vector<char> buffer(256 * 1024);
  for (;;) {
    const auto got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got == 0) return false;
    if (got < 0) {
      if (errno == EAGAIN || errno == ENOTCONN) break;
      return false;
    }
    unread_.append(buffer.data(), static_cast<std::size_t>(got));
    if (static_cast<std::size_t>(got) < buffer.size()) break;
  }
  if (!upgraded_) {
    const auto end = unread_.find("\r\n\r\n");
    if (end == std::string::npos) return true;
    if (!unread_.starts_with("HTTP/1.1 101")) return false;
    unread_.erase(0, end + 4);
    upgraded_ = true;
  }
  std::size_t at = 0;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(unread_[at + i]); };
  while (unread_.size() - at >= 2) {
    std::size_t length = byte(1) & 0x7FU;
    std::size_t head = 2;
    if (length >= 126) {
      const std::size_t more = length == 126 ? 2 : 8;
      head += more;
      if (unread_.size() - at < head) break;
      length = 0;
      for (std::size_t i = 0; i < more; ++i) length = length << 8U | byte(2 + i);
    }
    if (unread_.size() - at < head + length) break;
    on_frame(static_cast<Opcode>(byte(0) & 0x0FU), std::string_view(unread_).substr(at + head, length));
    at += head + length;
  }
  unread_.erase(0, at);
  return true;
}

}  // namespace parley::bench
