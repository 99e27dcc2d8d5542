// SPDX-License-Identifier: Apache-2.0
#include "net/config.hpp"

#include "net/listen_address.hpp"

namespace parley::net {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<> positive(std::int64_t value, const char* key) {
  if (value > 0) return {};
  return Error{ErrorCode::kBadRequest, "must be greater than 0", key};
}

}  // namespace

void ServerConfig::bind(runtime::ConfigSpec& spec) {
  spec.bind("server.listen", listen,
            "Addresses to listen on, \"host:port\"; only loopback while there are no accounts");
  spec.bind("server.hosts", hosts, "Further names that the Host header may hold, without port");
  spec.bind("server.tls", tls,
            "off, auto (a local certificate made by itself) or files; plain HTTP works beside it");
  spec.bind("server.tls_certificate", tls_certificate, "Certificate chain, PEM file, for tls = \"files\"");
  spec.bind("server.tls_key", tls_key, "Private key, PEM file, for tls = \"files\"");
  spec.bind("server.web_dir", web_dir,
            "Folder of the built web page; empty: the one that comes with the program");
  spec.bind("server.header_bytes", header_bytes, "Largest request header");
  spec.bind("server.json_bytes", json_bytes, "Largest JSON body");
  spec.bind("server.upload_bytes", upload_bytes, "Largest upload");
  spec.bind("server.buffered_bytes", buffered_bytes, "Request bodies held at once, over all connections");
  spec.bind("server.websocket_message_bytes", websocket_message_bytes, "Largest WebSocket message received");
  spec.bind("server.websocket_queue_bytes", websocket_queue_bytes,
            "Messages waiting for one WebSocket client; a slower client is disconnected");
  spec.bind("server.websocket_bytes_per_second", websocket_bytes_per_second,
            "What is read of a WebSocket client that has sent more than 2 MiB at once; 0: all it sends");
  spec.bind("server.websocket_messages_per_second", websocket_messages_per_second,
            "The same in messages, of one that has sent ten times as many at once; 0: all it sends");
  spec.bind("server.connections", connections,
            "Connections served at once; more are told to come back later");
  spec.bind("server.header_timeout", header_timeout, "For a whole request header, in milliseconds");
  spec.bind("server.body_timeout", body_timeout, "Without a byte of the body, in milliseconds");
  spec.bind("server.write_timeout", write_timeout, "Without the client taking a byte, in milliseconds");
  spec.bind("server.keep_alive_timeout", keep_alive_timeout, "Between two requests, in milliseconds");
  spec.bind("server.request_timeout", request_timeout, "To answer one request, in milliseconds");
  spec.bind("server.websocket_idle_timeout", websocket_idle_timeout,
            "Without a sign of life of a WebSocket client, in milliseconds");
  spec.bind("server.heartbeat", heartbeat, "Between comments on a silent event stream, in milliseconds");
}

Result<> ServerConfig::validate() const {
  if (listen.empty()) return Error{ErrorCode::kBadRequest, "name at least one address", "server.listen"};
  for (const std::string& address : listen) {
    const auto parsed = parse_listen_address(address);
    if (!parsed) return parsed.error();
  }
  if (tls != "off" && tls != "auto" && tls != "files") {
    return Error{ErrorCode::kBadRequest, "must be off, auto or files", "server.tls"};
  }
  if (tls == "files" && (tls_certificate.empty() || tls_key.empty())) {
    return Error{ErrorCode::kBadRequest, "tls = \"files\" needs tls_certificate and tls_key", "server.tls"};
  }
  const std::pair<std::int64_t, const char*> limits[] = {
      {header_bytes, "server.header_bytes"},
      {json_bytes, "server.json_bytes"},
      {upload_bytes, "server.upload_bytes"},
      {buffered_bytes, "server.buffered_bytes"},
      {websocket_message_bytes, "server.websocket_message_bytes"},
      {websocket_queue_bytes, "server.websocket_queue_bytes"},
      {connections, "server.connections"},
      {header_timeout.count(), "server.header_timeout"},
      {body_timeout.count(), "server.body_timeout"},
      {write_timeout.count(), "server.write_timeout"},
      {keep_alive_timeout.count(), "server.keep_alive_timeout"},
      {request_timeout.count(), "server.request_timeout"},
      {websocket_idle_timeout.count(), "server.websocket_idle_timeout"},
      {heartbeat.count(), "server.heartbeat"},
  };
  for (const auto& [value, key] : limits) {
    const auto checked = positive(value, key);
    if (!checked) return checked.error();
  }
  if (websocket_bytes_per_second < 0 || websocket_messages_per_second < 0) {
    return Error{ErrorCode::kBadRequest, "must not be negative", "server.websocket_bytes_per_second"};
  }
  if (upload_bytes > buffered_bytes) {
    return Error{ErrorCode::kBadRequest, "must not exceed server.buffered_bytes", "server.upload_bytes"};
  }
  return {};
}

}  // namespace parley::net
