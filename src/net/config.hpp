// SPDX-License-Identifier: Apache-2.0
// Where the server listens, and its limits.
#pragma once

#include "runtime/config.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace parley::net {

struct ServerConfig {
  // "host:port", "[::1]:3000"; port 0: any free one. Each serves every route: the second is where clients of
  // the real-time role look for it when it runs by itself.
  std::vector<std::string> listen = {"127.0.0.1:3000", "127.0.0.1:3001"};
  std::vector<std::string> hosts = {};  // further names that Host may hold, without port
  std::string tls = "off";              // off, auto (own certificate), files
  std::string tls_certificate = {};     // PEM chain, with tls = "files"
  std::string tls_key = {};             // PEM
  std::string web_dir = {};             // the built web page; empty: the one beside the binary

  std::int64_t header_bytes = 16 * 1024;
  std::int64_t json_bytes = 1024 * 1024;
  std::int64_t upload_bytes = 50'000'000;
  std::int64_t buffered_bytes = 512 * 1024 * 1024;          // bodies held at once, over all connections
  std::int64_t websocket_message_bytes = 16 * 1024 * 1024;  // received
  std::int64_t websocket_queue_bytes = 8 * 1024 * 1024;     // to send
  // Read of a client that has sent more than 2 MiB, or ten times as many messages, at once; 0: all it sends.
  std::int64_t websocket_bytes_per_second = 512 * 1024;
  std::int64_t websocket_messages_per_second = 200;
  std::int64_t connections = 4096;
  std::chrono::milliseconds header_timeout{10'000};      // from the connection, or the request's first byte
  std::chrono::milliseconds body_timeout{30'000};        // without a byte of the body
  std::chrono::milliseconds write_timeout{30'000};       // without the client taking a byte
  std::chrono::milliseconds keep_alive_timeout{60'000};  // between requests
  std::chrono::milliseconds request_timeout{60'000};     // for a handler
  std::chrono::milliseconds websocket_idle_timeout{60'000};  // without a byte; a ping goes out at half of it
  std::chrono::milliseconds heartbeat{15'000};               // between comments of a silent event stream

  void bind(runtime::ConfigSpec& spec);
  runtime::Result<> validate() const;
};

}  // namespace parley::net
