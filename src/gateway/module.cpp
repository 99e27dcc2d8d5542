// SPDX-License-Identifier: Apache-2.0
#include "gateway/module.hpp"

#include "gateway/routes.hpp"
#include "net/static_files.hpp"

namespace parley::gateway {

runtime::Result<> add_routes(net::Router& router, Parts parts) {
  const auto shared = std::make_shared<const Parts>(std::move(parts));
  add_health_routes(router, shared);
  add_document_routes(router, shared);
  add_question_routes(router, shared);
  if (shared->web_dir.empty()) return {};
  auto page = net::static_files(shared->web_dir);
  if (!page) return page.error();
  router.fallback(std::move(*page));
  return {};
}

}  // namespace parley::gateway
