// SPDX-License-Identifier: Apache-2.0
// What a handler is given and what it gives back: HTTP/1.1 requests and responses as plain values (RFC 9110).
#pragma once

#include "runtime/context.hpp"
#include "runtime/result.hpp"
#include "runtime/stream.hpp"
#include "runtime/task.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json/value.hpp>

namespace parley::net {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

std::string_view name(Method method);
// kOther for a method that Parley does not know; the name is case-sensitive.
Method method_from(std::string_view text);
// POST, PUT, PATCH, DELETE and what is not known.
bool changes_state(Method method);

// Names compare without regard to case; order and repetition are kept.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  // The first value of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  // The members of the comma-separated lists in the fields of that name.
  std::vector<std::string_view> tokens(std::string_view name) const;
  // True when the comma-separated list in the fields of that name holds `token`, whatever its case.
  bool has_token(std::string_view name, std::string_view token) const;
  void add(std::string name, std::string value);
  // Replaces every field of that name.
  void set(std::string name, std::string value);
  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

struct Request {
  Method method = Method::kGet;
  std::string method_text = "GET";  // as received
  std::string target = "/";         // as received: path and query, percent-encoded
  std::string path = "/";           // percent-decoded, valid UTF-8, without NUL
  std::vector<std::pair<std::string, std::string>> query = {};  // decoded, in order
  Headers headers = {};
  std::string body = {};
  std::string remote_address = {};  // "127.0.0.1:50112", "[::1]:50112"
  bool is_tls = false;
  std::map<std::string, std::string> path_params = {};  // ":id" of the pattern, decoded
  std::string correlation_id = {};

  std::optional<std::string_view> header(std::string_view name) const { return headers.find(name); }
  // The first value of that name in the query.
  std::optional<std::string_view> query_value(std::string_view name) const;
  // The value of a name of the route's pattern; empty when the pattern has none such.
  std::string_view path_param(std::string_view name) const;
  // The body as JSON: UNSUPPORTED_MEDIA when Content-Type names something else, BAD_REQUEST when it is not
  // JSON.
  runtime::Result<boost::json::value> json() const;
};

// One server-sent event (HTML Living Standard, 9.2). `data` may hold line feeds.
struct ServerEvent {
  std::string name;  // empty: "message"
  std::string data;
};

// Where the events of a response come from. The server asks for one after the other, on the connection's
// strand, writes a heartbeat comment when none comes, and destroys the source when the client goes or the
// server stops.
class EventSource {
 public:
  virtual ~EventSource() = default;

  // The next event; nothing or a failure ends the response. TIMEOUT when none comes before `deadline`: it is
  // asked again. Cancelled like every task when the client goes.
  virtual runtime::Task<runtime::Result<std::optional<ServerEvent>>> next(runtime::TimePoint deadline) = 0;
};

// Where the bytes of a large body come from. The server asks for one piece after the other, on the
// connection's strand, as fast as the client takes them, and destroys the source when the client goes.
class BodySource {
 public:
  virtual ~BodySource() = default;

  virtual std::uint64_t size() const = 0;
  // The next piece. A failure, or an empty one before all have come, ends the connection: so the client sees
  // that something is missing.
  virtual runtime::Task<runtime::Result<std::string>> next() = 0;
};

struct Response {
  // A shared body is sent without being copied: for what is served over and over.
  using Body = std::variant<std::string, std::shared_ptr<const std::string>, std::unique_ptr<EventSource>,
                            std::unique_ptr<BodySource>>;

  int status = 200;
  Headers headers = {};
  Body body = std::string();
};

Response text_response(int status, std::string body, std::string content_type = "text/plain; charset=utf-8");
Response json_response(int status, const boost::json::value& body);
Response event_response(std::unique_ptr<EventSource> events);
// The events of a stream; its end ends the response.
Response event_response(runtime::Stream<ServerEvent> events);
// 204 without a body.
Response empty_response();
// {"error":{"code","message","param"?,"correlation_id"}} with the status of the error table, and Retry-After
// when the error has one.
Response error_response(const runtime::Context& context, const runtime::Error& error);

// Runs on the connection's strand; anything slow belongs on a pool. The context carries the correlation id,
// the request's deadline, and a stop token that is asked when the server cannot wait any longer. A throw is
// logged and becomes INTERNAL_ERROR without details.
using Handler = std::function<runtime::Task<Response>(runtime::Context, Request)>;

}  // namespace parley::net
