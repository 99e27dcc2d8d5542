// SPDX-License-Identifier: Apache-2.0
// A TCP server on a free loopback port that plays a script to each client: for tests of clients against exact
// bytes, in exact pieces, with real sockets.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parley::testing {

class TcpScript {
 public:
  // One accepted client, used by the script on a thread of its own. Every wait ends after ten seconds.
  class Connection {
   public:
    Connection(int fd, int number) : fd_(fd), number_(number) {}

    // 0 for the first client, 1 for the second, ...
    int number() const { return number_; }

    // The next HTTP request: head, and as much body as Content-Length says. Empty when the client went.
    std::string read_request() {
      for (;;) {
        const auto end = buffer_.find("\r\n\r\n");
        if (end != std::string::npos) {
          std::size_t length = 0;
          const auto at = buffer_.find("Content-Length: ");
          if (at < end) length = std::strtoul(buffer_.c_str() + at + 16, nullptr, 10);
          if (buffer_.size() >= end + 4 + length) {
            std::string request = buffer_.substr(0, end + 4 + length);
            buffer_.erase(0, request.size());
            return request;
          }
        }
        if (!receive()) return {};
      }
    }

    // False once the client has gone.
    bool write(std::string_view bytes) {
      while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
      return true;
    }

    // Waits until the client closes; false when it did not.
    bool wait_closed() {
      while (receive()) {
      }
      return closed_;
    }

   private:
    bool receive() {
      pollfd wait{fd_, POLLIN, 0};
      if (::poll(&wait, 1, 10'000) <= 0) return false;
      char piece[16384];
      const ssize_t got = ::recv(fd_, piece, sizeof piece, 0);
      if (got <= 0) {
        closed_ = true;
        return false;
      }
      buffer_.append(piece, static_cast<std::size_t>(got));
      return true;
    }

    int fd_;
    int number_;
    bool closed_ = false;
    std::string buffer_;
  };

  // The connection closes when the script returns.
  explicit TcpScript(std::function<void(Connection&)> script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    const bool listening = ::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                           ::listen(listener_, 64) == 0 &&
                           ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0;
    if (!listening) std::abort();
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_loop(); });
  }

  ~TcpScript() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
      const std::lock_guard lock(mutex_);
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
  }

  TcpScript(const TcpScript&) = delete;
  TcpScript& operator=(const TcpScript&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  int connections() const { return accepted_; }

 private:
  void accept_loop() {
    while (!stopping_) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
      threads_.emplace_back([this, fd, number = accepted_++] {
        Connection connection(fd, number);
        script_(connection);
        const std::lock_guard inner(mutex_);
        open_.remove(fd);
        ::close(fd);
      });
    }
  }

  std::function<void(Connection&)> script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> accepted_ = 0;
  std::mutex mutex_;
  std::list<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace parley::testing
