// SPDX-License-Identifier: Apache-2.0
#include "knowledge/store/terms.hpp"

#include <algorithm>

namespace parley::knowledge {

namespace {

constexpr std::size_t kWordsPerClass = 2;
constexpr std::int64_t kMaxOrdinal = (1 << 24) - 1;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string index_term(std::int64_t tenant, std::string_view stem) {
  std::string term = "t" + std::to_string(tenant) + "_";
  for (const char c : stem) term += is_plain(c) ? c : '_';
  return term;
}

std::string index_terms(std::int64_t tenant, const std::vector<std::string>& stems) {
  std::string terms;
  for (const std::string& stem : stems) {
    if (!terms.empty()) terms += ' ';
    terms += index_term(tenant, stem);
  }
  return terms;
}

std::int64_t length_class(std::size_t words) {
  return static_cast<std::int64_t>(std::min<std::size_t>(words / kWordsPerClass, 255));
}

double words_of_class(std::int64_t length_class) {
  return static_cast<double>(length_class) * kWordsPerClass + kWordsPerClass / 2.0;
}

std::int64_t make_chunk_id(std::int64_t document, std::size_t ordinal, std::size_t words) {
  const std::int64_t place = std::min(static_cast<std::int64_t>(ordinal), kMaxOrdinal);
  return (document << 32) | (place << 8) | length_class(words);
}

}  // namespace parley::knowledge
