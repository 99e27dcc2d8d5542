// SPDX-License-Identifier: Apache-2.0
// A blocking client that writes whatever bytes a test wants, over plain TCP or TLS. It shares no code with
// the server.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace parley::net::testing {

struct RawResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

struct RawFrame {
  int opcode = 0;
  std::string data;
  std::uint16_t close_code() const {
    if (data.size() < 2) return 0;
    return static_cast<std::uint16_t>((static_cast<std::uint8_t>(data[0]) << 8) |
                                      static_cast<std::uint8_t>(data[1]));
  }
};

class RawClient {
 public:
  // `receive_buffer`: of the socket, when a test wants a client that can hold little.
  explicit RawClient(std::uint16_t port, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer != 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }

  // True when the handshake succeeded. The certificate is verified against `trusted`, a PEM file, for `host`.
  bool start_tls(const std::string& trusted, const std::string& host = "localhost") {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context_.get(), trusted.c_str(), nullptr) != 1) return false;
    tls_.reset(SSL_new(context_.get()));
    SSL_set1_host(tls_.get(), host.c_str());
    SSL_set_fd(tls_.get(), fd_);
    return SSL_connect(tls_.get()) == 1;
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // More bytes into the buffer; false at the end of the connection.
  bool receive() {
    char block[16 * 1024];
    const auto count = tls_ ? SSL_read(tls_.get(), block, sizeof block) : ::recv(fd_, block, sizeof block, 0);
    if (count <= 0) return false;
    buffer_.append(block, static_cast<std::size_t>(count));
    return true;
  }

  // Up to and with `end`; nothing when the connection ends before.
  std::optional<std::string> read_until(std::string_view end) {
    for (;;) {
      const auto at = buffer_.find(end);
      if (at != std::string::npos) return take(at + end.size());
      if (!receive()) return std::nullopt;
    }
  }

  std::optional<std::string> read_exactly(std::size_t count) {
    while (buffer_.size() < count) {
      if (!receive()) return std::nullopt;
    }
    return take(count);
  }

  std::string read_to_end() {
    while (receive()) {
    }
    return take(buffer_.size());
  }

  // `with_body`: false for the answer to HEAD.
  std::optional<RawResponse> read_response(bool with_body = true) {
    const auto head = read_until("\r\n\r\n");
    if (!head || !head->starts_with("HTTP/1.1 ")) return std::nullopt;
    RawResponse response;
    response.status = std::atoi(head->c_str() + 9);
    std::string_view rest = std::string_view(*head).substr(head->find("\r\n") + 2);
    while (rest.size() > 2) {
      const auto line = rest.substr(0, rest.find("\r\n"));
      const auto colon = line.find(": ");
      std::string name(line.substr(0, colon));
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      response.headers[name] = line.substr(colon + 2);
      rest.remove_prefix(line.size() + 2);
    }
    const std::string length = response.header("content-length");
    if (with_body && response.status != 304 && !length.empty()) {
      auto body = read_exactly(std::strtoul(length.c_str(), nullptr, 10));
      if (!body) return std::nullopt;
      response.body = std::move(*body);
    }
    return response;
  }

  std::optional<RawResponse> exchange(std::string_view request) {
    if (!send(request)) return std::nullopt;
    return read_response();
  }

  // The handshake of RFC 6455; the answer to it, whatever it is.
  std::optional<RawResponse> upgrade(const std::string& path, const std::string& fields = "") {
    return exchange("GET " + path +
                    " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                    fields + "\r\n");
  }

  // A masked frame; `first` is FIN, the reserved bits and the opcode (0x81: a whole text message).
  bool send_frame(int first, std::string_view data) {
    std::string frame(1, static_cast<char>(first));
    if (data.size() < 126) {
      frame += static_cast<char>(0x80U | data.size());
    } else if (data.size() < 65536) {
      frame += static_cast<char>(0x80U | 126U);
      frame += static_cast<char>(data.size() >> 8U);
      frame += static_cast<char>(data.size());
    } else {
      frame += static_cast<char>(0x80U | 127U);
      for (int shift = 56; shift >= 0; shift -= 8)
        frame += static_cast<char>(std::uint64_t{data.size()} >> shift);
    }
    const char mask[] = {0x11, 0x22, 0x33, 0x44};
    frame.append(mask, 4);
    for (std::size_t i = 0; i < data.size(); ++i) frame += static_cast<char>(data[i] ^ mask[i % 4]);
    return send(frame);
  }
  bool send_text(std::string_view text) { return send_frame(0x81, text); }

  // Nothing when the connection ends.
  std::optional<RawFrame> read_frame() {
    const auto head = read_exactly(2);
    if (!head) return std::nullopt;
    RawFrame frame;
    frame.opcode = (*head)[0] & 0x0f;
    std::uint64_t size = static_cast<std::uint8_t>((*head)[1]) & 0x7fU;
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (more != 0) {
      const auto extended = read_exactly(more);
      if (!extended) return std::nullopt;
      size = 0;
      for (const char c : *extended) size = (size << 8U) | static_cast<std::uint8_t>(c);
    }
    auto data = read_exactly(size);
    if (!data) return std::nullopt;
    frame.data = std::move(*data);
    return frame;
  }

  // The code of the close frame, after whatever comes before it; 0 when the connection ended without one.
  std::uint16_t read_close_code() {
    for (;;) {
      const auto frame = read_frame();
      if (!frame) return 0;
      if (frame->opcode == 8) return frame->close_code();
    }
  }

  void close() {
    tls_.reset();
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  struct FreeTls {
    void operator()(SSL* tls) const { SSL_free(tls); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  std::string take(std::size_t count) {
    std::string taken = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return taken;
  }

  int fd_;
  bool connected_ = false;
  std::string buffer_;
  std::unique_ptr<SSL_CTX, FreeTls> context_;
  std::unique_ptr<SSL, FreeTls> tls_;
};

}  // namespace parley::net::testing
