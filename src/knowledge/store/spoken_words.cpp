// SPDX-License-Identifier: Apache-2.0
#include "knowledge/store/spoken_words.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace parley::knowledge {

using runtime::Context;

namespace {

constexpr std::size_t kMostBytes = 8'000'000;
constexpr std::size_t kMostWords = 100'000;
constexpr std::size_t kMostTenants = 64;

void collect(std::string_view text, std::unordered_set<std::string>& words) {
  for (text::Token& token : text::tokenize(text)) {
    if (words.size() >= kMostWords) return;
    if (!text::is_stop_word(token.text)) words.insert(std::move(token.text));
  }
}

}  // namespace

SpokenWords::Newest SpokenWords::of(const std::string& tenant, std::uint64_t revision) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entry_of(tenant);
  const bool current = entry.words != nullptr && entry.revision == revision;
  const bool outdated = !current && !entry.building;
  entry.building = entry.building || outdated;
  return {entry.words, outdated};
}

void SpokenWords::build(const std::string& tenant, std::uint64_t revision) {
  Context context;
  context.tenant = tenant;
  const auto documents = store_.list(context);
  if (!documents) return give_up(tenant);
  std::unordered_set<std::string> words;
  std::size_t bytes = 0;
  for (const Document& document : *documents) {
    if (document.status != DocumentStatus::kCompleted || bytes >= kMostBytes) continue;
    const auto content = store_.content(context, document.id);
    if (!content) continue;  // removed meanwhile: the revision will tell
    const auto text = std::string_view(*content).substr(0, kMostBytes - bytes);
    bytes += text.size();
    collect(document.title, words);
    collect(text, words);
  }
  auto index = std::make_shared<const SoundIndex>(std::vector<std::string>(words.begin(), words.end()));
  const std::lock_guard lock(mutex_);
  Entry& entry = entry_of(tenant);
  entry.building = false;
  entry.words = std::move(index);
  entry.revision = revision;
}

void SpokenWords::give_up(const std::string& tenant) {
  const std::lock_guard lock(mutex_);
  entry_of(tenant).building = false;
}

SpokenWords::Entry& SpokenWords::entry_of(const std::string& tenant) {
  auto found = std::ranges::find(entries_, tenant, &Entry::tenant);
  if (found == entries_.end()) {
    if (entries_.size() >= kMostTenants) entries_.pop_back();
    entries_.emplace_front().tenant = tenant;
  } else {
    entries_.splice(entries_.begin(), entries_, found);
  }
  return entries_.front();
}

}  // namespace parley::knowledge
