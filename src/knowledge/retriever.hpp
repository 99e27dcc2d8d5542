// SPDX-License-Identifier: Apache-2.0
// The port of search over the user's documents.
#pragma once

#include "knowledge/types.hpp"
#include "runtime/context.hpp"
#include "runtime/task.hpp"

#include <string>

namespace parley::knowledge {

class Retriever {
 public:
  virtual ~Retriever() = default;

  virtual std::string engine() const = 0;

  // The best chunks of the context's tenant for the query, best first, at most query.limit (1 to 50). A query
  // without any content word, and a tenant without documents, give no hits and no error. RAG_FAILED when the
  // index cannot be read, TIMEOUT or CANCELLED as the context says.
  virtual runtime::Task<runtime::Result<SearchResult>> search(runtime::Context context, Query query) = 0;
};

}  // namespace parley::knowledge
