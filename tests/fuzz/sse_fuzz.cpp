// SPDX-License-Identifier: Apache-2.0
// The answer of a chat completions server: events, JSON, Markdown and citation marks. The first byte says how
// the rest is cut; however it is, the same answer has to come out.
#include "language/providers/completion_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using parley::language::ChatDelta;
using parley::language::ChatRequest;
using parley::language::CompletionReader;

namespace {

struct Outcome {
  std::string text;
  std::size_t citations = 0;
  bool ok = false;

  bool operator==(const Outcome&) const = default;
};

Outcome read(const ChatRequest& request, std::string_view bytes, std::size_t piece) {
  CompletionReader reader(request);
  std::vector<ChatDelta> deltas;
  Outcome outcome;
  outcome.ok = true;
  while (!bytes.empty() && outcome.ok) {
    outcome.ok = reader.feed(bytes.substr(0, piece), deltas).has_value();
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  outcome.ok = outcome.ok && reader.end(deltas).has_value();
  for (const ChatDelta& delta : deltas) {
    outcome.text += delta.text;
    outcome.citations += delta.citations.size();
    for (const auto& citation : delta.citations) {
      const auto& passage = request.passages.front();
      const auto start = static_cast<std::size_t>(citation.start - passage.start);
      if (passage.text.substr(start, citation.quote.size()) != citation.quote) std::abort();
    }
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  ChatRequest request;
  request.question = "How much does the tank hold?";
  request.passages = {
      {"d", "garden.md", "Garden", "Water", "The greenhouse is dry. The tank holds 900 liters.", 7, 1}};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % 64;
  if (!(read(request, bytes, piece) == read(request, bytes, bytes.size() + 1))) std::abort();
  return 0;
}
