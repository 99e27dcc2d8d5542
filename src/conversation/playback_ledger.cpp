// SPDX-License-Identifier: Apache-2.0
#include "conversation/playback_ledger.hpp"

#include <algorithm>

namespace parley::conversation {

void PlaybackLedger::sent(runtime::TimePoint now, std::chrono::microseconds duration,
                          const std::vector<speech::Word>& words) {
  const runtime::TimePoint starts = std::max(now, plays_until_);
  blocks_.push_back({starts, total_, duration});
  total_ += duration;
  plays_until_ = starts + duration;
  words_.insert(words_.end(), words.begin(), words.end());
}

std::chrono::microseconds PlaybackLedger::played(runtime::TimePoint now) const {
  const auto after =
      std::find_if(blocks_.rbegin(), blocks_.rend(), [&](const Block& b) { return b.starts <= now; });
  if (after == blocks_.rend()) return {};
  const auto inside = std::chrono::duration_cast<std::chrono::microseconds>(now - after->starts);
  return after->offset + std::min(inside, after->duration);
}

std::string PlaybackLedger::heard(std::chrono::microseconds played) const {
  std::string text;
  for (const speech::Word& word : words_) {
    if ((word.start + word.end) / 2 > played) break;
    if (!text.empty()) text += ' ';
    text += word.text;
  }
  return text;
}

}  // namespace parley::conversation
