// SPDX-License-Identifier: Apache-2.0
// A WebSocket client (RFC 6455) that costs little, so that thousands fit beside what is measured. It trusts
// its server: this is a benchmark's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace parley::bench {

enum class Opcode : std::uint8_t { kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

// A whole message as a client sends it. The masking key is zero: the server has the same work, we have none.
std::string client_frame(Opcode opcode, std::string_view payload);

class Client {
 public:
  using OnFrame = std::function<void(Opcode opcode, std::string_view payload)>;

  // Begins to connect to a port of this machine; what is sent waits until it has. Throws when there is no
  // socket.
  Client(std::uint16_t port, std::string_view path);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  int socket() const { return socket_; }
  bool upgraded() const { return upgraded_; }
  std::size_t waiting() const { return unsent_.size(); }

  // Both: false when the connection is at its end.
  bool send(std::string_view frames);
  bool receive(const OnFrame& on_frame);

 private:
  bool flush();

  int socket_ = -1;
  bool connected_ = false;
  bool upgraded_ = false;
  std::string unsent_;
  std::string unread_;
};

}  // namespace parley::bench
