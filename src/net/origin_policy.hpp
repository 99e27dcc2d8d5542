// SPDX-License-Identifier: Apache-2.0
// Who may speak to a server that has no login: only pages and programs of this machine. A page of another
// site, a name that was rebound to 127.0.0.1 (DNS rebinding) and a proxy in front are refused.
#pragma once

#include "net/http.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace parley::net {

class OriginPolicy {
 public:
  // `hosts`: names beside localhost, 127.0.0.1 and [::1] that Host may hold, without port.
  explicit OriginPolicy(const std::vector<std::string>& hosts);

  // `authority`: of an absolute request target, empty otherwise. BAD_REQUEST when Host is missing, repeated,
  // malformed or not that of the target; FORBIDDEN when it is not a local or configured name, when the
  // request came through a proxy (Forwarded, X-Forwarded-*), and when a WebSocket or a state-changing request
  // comes from another origin. A request without Origin comes from a program, not from a page, and passes.
  runtime::Result<> check(const Request& request, bool websocket, std::string_view authority = {}) const;

 private:
  std::vector<std::string> hosts_;
};

}  // namespace parley::net
