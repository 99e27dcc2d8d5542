// SPDX-License-Identifier: Apache-2.0
// Any bytes as an HTTP request target: what is accepted is clean text, and finding its route never fails.
#include "net/router.hpp"
#include "net/target.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

namespace {

using namespace parley;

runtime::Task<net::Response> nothing(runtime::Context, net::Request) { co_return net::empty_response(); }

net::Router make_router() {
  net::Router router;
  router.add(net::Method::kGet, "/", nothing);
  router.add(net::Method::kGet, "/a/:id", nothing);
  router.add(net::Method::kPost, "/a/:id/:more", nothing);
  return router;
}

void expect(bool condition) {
  if (!condition) std::abort();
}

bool is_clean(std::string_view text) {
  return net::is_utf8(text) && text.find('\0') == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const net::Router router = make_router();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto target = net::parse_target(text);
  if (!target) {
    expect(!target.error().message.empty());
    return 0;
  }
  expect(is_clean(target->path));
  expect(target->query.size() <= net::kMaxQueryFields);
  for (const auto& [key, value] : target->query) expect(is_clean(key) && is_clean(value));
  const auto found = router.find(net::Method::kGet, target->encoded_path);
  if (const auto* match = std::get_if<net::Router::Match>(&found)) {
    for (const auto& [key, value] : match->path_params) expect(!value.empty() && is_clean(value));
  }
  return 0;
}
