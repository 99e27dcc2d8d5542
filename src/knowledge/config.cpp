// SPDX-License-Identifier: Apache-2.0
#include "knowledge/config.hpp"

namespace parley::knowledge {

using runtime::Error;
using runtime::ErrorCode;

void KnowledgeConfig::bind(runtime::ConfigSpec& spec) {
  spec.bind("knowledge.max_document_bytes", max_document_bytes, "Largest document that is taken, in bytes.");
  spec.bind("knowledge.chunk_words", chunk_words,
            "Words that a searched piece of a document aims at; long sections are cut into parts of about "
            "this size.");
  spec.bind("knowledge.index_threads", index_threads,
            "Threads that read new documents, below everything else.");
}

runtime::Result<> KnowledgeConfig::validate() const {
  const auto outside = [](const char* key, const char* range) {
    return Error{ErrorCode::kBadRequest, std::string("must be between ") + range, key};
  };
  if (max_document_bytes < 1 || max_document_bytes > 500'000'000) {
    return outside("knowledge.max_document_bytes", "1 and 500000000");
  }
  if (chunk_words < 40 || chunk_words > 400) return outside("knowledge.chunk_words", "40 and 400");
  if (index_threads < 1 || index_threads > 16) return outside("knowledge.index_threads", "1 and 16");
  return {};
}

}  // namespace parley::knowledge
