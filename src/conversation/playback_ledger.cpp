// SPDX-License-Identifier: Apache-2.0
#include "conversation/playback_ledger.hpp"

#include <algorithm>

namespace parley::conversation {

void PlaybackLedger::sent(runtime::TimePoint now, std::chrono::microseconds duration,
                          const std::vector<speech::Word>& words) {
  const runtime::TimePoint starts = std::max(paused_at_.value_or(now), plays_until_);
  blocks_.push_back({starts, total_, duration});
  total_ += duration;
  plays_until_ = starts + duration;
  words_.insert(words_.end(), words.begin(), words.end());
}

void PlaybackLedger::pause(runtime::TimePoint now) {
  if (!paused_at_) paused_at_ = now;
}

void PlaybackLedger::resume(runtime::TimePoint now) {
  if (!paused_at_) return;
  const auto waited = now - *paused_at_;
  for (Block& block : blocks_) {
    if (block.starts + block.duration > *paused_at_) block.starts += waited;
  }
  if (plays_until_ > *paused_at_) plays_until_ += waited;
  paused_at_.reset();
}

void PlaybackLedger::lose(runtime::TimePoint now) {
  if (!lost_at_) lost_at_ = now;
}

void PlaybackLedger::regain(runtime::TimePoint now, std::chrono::microseconds missing) {
  lost_at_.reset();
  const auto arrived = total_ - std::min(missing, total_);
  runtime::TimePoint earliest = paused_at_.value_or(now);
  for (Block& block : blocks_) {
    if (block.offset < arrived) continue;
    block.starts = std::max(block.starts, earliest);
    earliest = block.starts + block.duration;
    plays_until_ = earliest;
  }
}

std::chrono::microseconds PlaybackLedger::played(runtime::TimePoint now) const {
  if (paused_at_) now = std::min(now, *paused_at_);
  if (lost_at_) now = std::min(now, *lost_at_);
  const auto after =
      std::find_if(blocks_.rbegin(), blocks_.rend(), [&](const Block& b) { return b.starts <= now; });
  if (after == blocks_.rend()) return {};
  const auto inside = std::chrono::duration_cast<std::chrono::microseconds>(now - after->starts);
  return after->offset + std::min(inside, after->duration);
}

runtime::TimePoint PlaybackLedger::starts(std::chrono::microseconds offset) const {
  const auto block = std::ranges::lower_bound(blocks_, offset, {}, &Block::offset);
  return block == blocks_.end() ? plays_until_ : block->starts;
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
