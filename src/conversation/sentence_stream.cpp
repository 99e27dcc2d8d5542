// SPDX-License-Identifier: Apache-2.0
#include "conversation/sentence_stream.hpp"

#include "text/sentences.hpp"

#include <utility>

namespace parley::conversation {

std::vector<std::string> SentenceStream::push(std::string_view delta) {
  pending_ += delta;
  const std::vector<text::Span> spans = text::split_sentences(pending_);
  std::vector<std::string> sentences;
  if (spans.size() < 2) return sentences;
  for (std::size_t i = 0; i + 1 < spans.size(); ++i) {
    sentences.push_back(pending_.substr(spans[i].start, spans[i].end - spans[i].start));
  }
  pending_.erase(0, spans.back().start);
  return sentences;
}

std::vector<std::string> SentenceStream::finish() {
  const std::string rest = std::exchange(pending_, {});
  std::vector<std::string> sentences;
  for (const text::Span& span : text::split_sentences(rest)) {
    sentences.push_back(rest.substr(span.start, span.end - span.start));
  }
  return sentences;
}

}  // namespace parley::conversation
