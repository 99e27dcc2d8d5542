// SPDX-License-Identifier: Apache-2.0
#include "net/listen_address.hpp"

#include "runtime/whole_number.hpp"

#include <cstdint>

namespace parley::net {

namespace asio = boost::asio;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<asio::ip::tcp::endpoint> parse_endpoint(const std::string& text, const std::string& param) {
  const Error malformed{ErrorCode::kBadRequest, "\"" + text + "\" is not an address such as 127.0.0.1:3000",
                        param};
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return malformed;
  std::string host = text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto port = runtime::whole_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
  if (!port) return malformed;
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error || address.is_v6() != bracketed) return malformed;
  return asio::ip::tcp::endpoint(address, *port);
}

Result<asio::ip::tcp::endpoint> parse_listen_address(const std::string& text) {
  auto endpoint = parse_endpoint(text, "server.listen");
  if (endpoint && !endpoint->address().is_loopback()) {
    return Error{
        ErrorCode::kForbidden,
        text +
            " can be reached from other machines, which needs accounts; without them Parley listens on "
            "loopback only (127.0.0.1, [::1])",
        "server.listen"};
  }
  return endpoint;
}

}  // namespace parley::net
