// SPDX-License-Identifier: Apache-2.0
#include "net/origin_policy.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace parley::net {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

struct HostPort {
  std::string host;  // lower case, IPv6 in brackets
  std::string port;  // digits; the scheme's own when none was given
  bool operator==(const HostPort&) const = default;
};

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool is_host_char(unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_'; }
bool is_ipv6_char(unsigned char c) { return std::isxdigit(c) != 0 || c == ':' || c == '.'; }

// "name", "name:port", "[v6]", "[v6]:port".
std::optional<HostPort> parse_host(std::string_view text, std::string_view default_port) {
  HostPort out;
  std::string_view host = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(0, end + 1);
    rest = text.substr(end + 1);
    const auto inner = host.substr(1, host.size() - 2);
    if (inner.empty() || !std::all_of(inner.begin(), inner.end(), is_ipv6_char)) return std::nullopt;
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    host = text.substr(0, colon);
    rest = text.substr(colon);
    if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_char)) return std::nullopt;
  }
  if (!rest.empty()) {
    if (rest.size() < 2 || rest.size() > 6 || rest.front() != ':') return std::nullopt;
    rest.remove_prefix(1);
    if (!std::all_of(rest.begin(), rest.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) {
      return std::nullopt;
    }
  }
  out.host = lowered(host);
  out.port = rest.empty() ? default_port : rest;
  return out;
}

bool came_through_proxy(const Headers& headers) {
  return std::any_of(headers.fields().begin(), headers.fields().end(), [](const Headers::Field& field) {
    const std::string name = lowered(field.first);
    return name == "forwarded" || name.starts_with("x-forwarded-");
  });
}

}  // namespace

OriginPolicy::OriginPolicy(const std::vector<std::string>& hosts)
    : hosts_{"localhost", "127.0.0.1", "[::1]"} {
  for (const auto& host : hosts) hosts_.push_back(lowered(host));
}

Result<> OriginPolicy::check(const Request& request, bool websocket, std::string_view authority) const {
  if (came_through_proxy(request.headers)) {
    return Error{ErrorCode::kForbidden,
                 "requests that come through a proxy need accounts, which are not set up"};
  }
  if (request.headers.count("Host") != 1) {
    return Error{ErrorCode::kBadRequest, "one Host header is needed", "Host"};
  }
  const std::string_view scheme = request.is_tls ? "https://" : "http://";
  const std::string_view default_port = request.is_tls ? "443" : "80";
  const auto host = parse_host(*request.header("Host"), default_port);
  if (!host) return Error{ErrorCode::kBadRequest, "the Host header is malformed", "Host"};
  if (!authority.empty() && parse_host(authority, default_port) != host) {
    return Error{ErrorCode::kBadRequest, "Host is not that of the request target", "Host"};
  }
  if (std::find(hosts_.begin(), hosts_.end(), host->host) == hosts_.end()) {
    return Error{ErrorCode::kForbidden, "this server does not answer to that host name", "Host"};
  }
  if (!websocket && !changes_state(request.method)) return {};
  if (request.headers.count("Origin") == 0) return {};
  const auto origin = *request.header("Origin");
  const bool same = request.headers.count("Origin") == 1 && origin.starts_with(scheme) &&
                    parse_host(origin.substr(scheme.size()), default_port) == host;
  if (!same) return Error{ErrorCode::kForbidden, "pages of another origin may not do this", "Origin"};
  return {};
}

}  // namespace parley::net
