// SPDX-License-Identifier: Apache-2.0
// From a document's bytes to what the index holds of it: pure, so that it runs on any thread.
#pragma once

#include "knowledge/chunks.hpp"
#include "knowledge/store/document_store.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <string_view>

namespace parley::knowledge {

// Errors as extract().
runtime::Result<IndexedDocument> index_document(std::int64_t tenant_key, std::string_view filename,
                                                std::string_view bytes, ChunkOptions options);

}  // namespace parley::knowledge
