// SPDX-License-Identifier: Apache-2.0
#include "language/providers/citation_matcher.hpp"

#include "text/sentences.hpp"
#include "text/words.hpp"

#include <set>
#include <string>

namespace parley::language {

std::optional<Citation> cite(const Passage& passage, std::string_view said) {
  const auto said_stems = text::content_stems(said);
  const std::set<std::string> wanted(said_stems.begin(), said_stems.end());
  std::optional<text::Span> best;
  double best_share = 0;
  for (const text::Span span : text::split_sentences(passage.text)) {
    const auto stems =
        text::content_stems(std::string_view(passage.text).substr(span.start, span.end - span.start));
    const std::set<std::string> held(stems.begin(), stems.end());
    double common = 0;
    for (const std::string& stem : held) common += wanted.contains(stem) ? 1 : 0;
    // Dice's coefficient: a long sentence does not win by its length.
    const double share = common == 0 ? 0 : 2 * common / static_cast<double>(held.size() + wanted.size());
    if (share > best_share) {
      best_share = share;
      best = span;
    }
  }
  if (!best) return std::nullopt;
  Citation citation;
  citation.document_id = passage.document_id;
  citation.document = passage.document;
  citation.title = passage.title;
  citation.heading = passage.heading;
  citation.quote = passage.text.substr(best->start, best->end - best->start);
  citation.start = passage.start + static_cast<std::int64_t>(best->start);
  citation.end = passage.start + static_cast<std::int64_t>(best->end);
  return citation;
}

}  // namespace parley::language
