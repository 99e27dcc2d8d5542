// SPDX-License-Identifier: Apache-2.0
#include "text/pronunciations.hpp"

#include "text/speakable_fold.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <utility>

namespace parley::text {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMostWords = 4;

Error refuse(std::string_view written, std::string_view why) {
  return {ErrorCode::kBadRequest,
          "the pronunciation of \"" + std::string(written.substr(0, 80)) + "\" " + std::string(why),
          "pronunciations"};
}

bool is_space(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool is_spoken(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '\'' || c == '-';
}

}  // namespace

void Pronunciations::append_lower(std::string& key, std::string_view word) {
  for (const char c : word) key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

Result<Pronunciations> Pronunciations::parse(const std::vector<std::string>& rows) {
  Pronunciations all;
  for (const std::string& row : rows) {
    const auto equals = row.find('=');
    if (equals == std::string::npos) return refuse(row, "is not written WRITTEN=SPOKEN");
    const auto added =
        all.add(std::string_view(row).substr(0, equals), std::string_view(row).substr(equals + 1));
    if (!added) return added.error();
  }
  return all;
}

Result<> Pronunciations::add(std::string_view written, std::string_view spoken) {
  written = trimmed(written);
  spoken = trimmed(spoken);
  if (written.empty() || written.size() > kLongestWritten)
    return refuse(written, "has no word, or a very long one");
  if (spoken.empty() || spoken.size() > kLongestSpoken) return refuse(written, "says nothing, or very much");
  if (!is_valid_utf8(written)) return refuse("", "is not UTF-8");
  if (!std::ranges::all_of(spoken, is_spoken)) {
    return refuse(written, "has more in it than letters, spaces, apostrophes and hyphens");
  }
  // As the words of a text are when they are looked up.
  const FoldedText folded = fold_for_speech(written);
  std::string key;
  std::size_t words = 0;
  for (std::size_t at = 0; at < folded.text.size();) {
    const auto end = std::min(folded.text.find(' ', at), folded.text.size());
    if (end > at) {
      if (words++ > 0) key += ' ';
      append_lower(key, std::string_view(folded.text).substr(at, end - at));
    }
    at = end + 1;
  }
  if (words == 0 || words > kMostWords) return refuse(written, "is of one to four words");
  if (entries_.size() >= kMost && !entries_.contains(key))
    return refuse(written, "is one too many: there are 1,000");
  entries_[key] = std::string(spoken);
  longest_ = std::max(longest_, words);
  return {};
}

std::vector<std::string> Pronunciations::rows() const {
  std::vector<std::string> all;
  all.reserve(entries_.size());
  for (const auto& [written, spoken] : entries_) all.push_back(written + '=' + spoken);
  std::ranges::sort(all);
  return all;
}

std::shared_ptr<const Pronunciations> Pronunciations::merged(std::shared_ptr<const Pronunciations> first,
                                                             std::shared_ptr<const Pronunciations> second) {
  if (!second || second->empty()) return first;
  if (!first || first->empty()) return second;
  auto both = std::make_shared<Pronunciations>(*second);
  for (const auto& [written, spoken] : first->entries_) both->entries_[written] = spoken;
  both->longest_ = std::max(first->longest_, second->longest_);
  return both;
}

}  // namespace parley::text
