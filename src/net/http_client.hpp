// SPDX-License-Identifier: Apache-2.0
// Outgoing HTTP and HTTPS: many requests at once on the I/O threads, bodies streamed with back-pressure.
#pragma once

#include "net/http.hpp"
#include "runtime/config.hpp"
#include "runtime/context.hpp"
#include "runtime/stream.hpp"
#include "runtime/task.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace parley::net {

// Shared by every request of one client. The process environment is never read: a proxy is used only when it
// is named here, and never for loopback addresses.
struct HttpClientConfig {
  std::string proxy = {};    // "http://host:port", "socks5h://host:port"; empty: none
  std::string ca_file = {};  // PEM file of trusted authorities; empty: the system's
  std::int64_t max_connections = 64;

  void bind(runtime::ConfigSpec& spec);  // section "http_client"
  runtime::Result<> validate() const;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https
  Headers headers = {};
  std::string body = {};
  std::chrono::milliseconds connect_timeout{2000};  // name look-up, TCP and TLS together
  std::chrono::milliseconds head_timeout{0};  // until the response's head; 0: as long as the context says
  std::size_t max_body = 1U << 20U;           // of the response; a longer one fails with PAYLOAD_TOO_LARGE
};

struct HttpHead {
  int status = 0;
  Headers headers = {};
};

struct HttpResponse {
  HttpHead head;
  std::string body;
};

// The body of a response while it arrives. Move-only, one consumer; destroying it closes the request. At most
// 16 pieces of at most 16 KiB wait unread: then the connection is no longer read, and the sender has to wait.
class HttpBody {
 public:
  HttpBody();
  HttpBody(HttpBody&&) noexcept;
  HttpBody& operator=(HttpBody&&) noexcept;
  ~HttpBody();

  // The next piece, never empty; nothing at the end. Errors as HttpClient's; a passed `deadline` is a TIMEOUT
  // after which the body stays usable.
  runtime::Task<runtime::Result<std::optional<std::string>>> next(
      runtime::TimePoint deadline = runtime::TimePoint::max());

 private:
  friend class HttpClient;
  struct State;
  explicit HttpBody(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct HttpStream {
  HttpHead head;
  HttpBody body;
};

// Thread-safe. Any HTTP status is a success here; failures are
//   BAD_REQUEST          the URL or a header is malformed, or not http(s)
//   SERVICE_UNAVAILABLE  no connection in time, refused, name unknown, certificate refused, connection lost
//   TIMEOUT, CANCELLED   as the context says
//   PAYLOAD_TOO_LARGE    the response is longer than max_body
// TLS certificates are always verified; redirects are not followed, they are answers like others.
class HttpClient {
 public:
  HttpClient(runtime::Executor executor, HttpClientConfig config);
  ~HttpClient();  // requests under way end with CANCELLED
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // The whole response.
  runtime::Task<runtime::Result<HttpResponse>> request(runtime::Context context, HttpRequest request);

  // Returns when the response's head is there; the context's deadline and stop token hold for the body, too.
  runtime::Task<runtime::Result<HttpStream>> open(runtime::Context context, HttpRequest request);

 private:
  class Engine;
  struct Transfer;
  friend class HttpBody;
  std::shared_ptr<Engine> engine_;
};

}  // namespace parley::net
