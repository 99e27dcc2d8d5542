// SPDX-License-Identifier: Apache-2.0
#include "knowledge/indexing.hpp"

#include "knowledge/extraction/extract.hpp"
#include "knowledge/store/terms.hpp"
#include "text/words.hpp"

namespace parley::knowledge {

runtime::Result<IndexedDocument> index_document(std::int64_t tenant_key, std::string_view filename,
                                                std::string_view bytes, ChunkOptions options) {
  auto extracted = extract(filename, bytes);
  if (!extracted) return extracted.error();
  IndexedDocument indexed;
  indexed.title = extracted->title;
  indexed.title_terms = index_terms(tenant_key, text::content_stems(indexed.title));
  for (Chunk& chunk : cut_chunks(*extracted, options)) {
    const std::string_view body =
        std::string_view(extracted->text).substr(chunk.start, chunk.end - chunk.start);
    const auto stems = text::content_stems(body);
    IndexedChunk entry;
    entry.words = stems.size();
    entry.heading_terms = index_terms(tenant_key, text::content_stems(chunk.heading));
    entry.body_terms = index_terms(tenant_key, stems);
    entry.place = std::move(chunk);
    indexed.chunks.push_back(std::move(entry));
  }
  indexed.content = std::move(extracted->text);
  return indexed;
}

}  // namespace parley::knowledge
