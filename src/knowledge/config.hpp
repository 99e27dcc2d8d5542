// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/config.hpp"

#include <cstdint>

namespace parley::knowledge {

struct KnowledgeConfig {
  std::int64_t max_document_bytes = 50'000'000;
  std::int64_t chunk_words = 150;
  std::int64_t index_threads = 1;

  void bind(runtime::ConfigSpec& spec);
  runtime::Result<> validate() const;
};

}  // namespace parley::knowledge
