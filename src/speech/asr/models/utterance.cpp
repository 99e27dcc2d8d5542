// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/utterance.hpp"

#include "speech/asr/readable_text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace parley::speech {

namespace {

constexpr std::int64_t kSamplesPerFrame = kVadFrameSamples;
constexpr int kFramesAtOnce = 20;
// Kept before a voice begins, so that its first consonant is there.
constexpr std::int64_t kPaddingFrames = 25;
constexpr std::int64_t kKeptSilence = kPaddingFrames + 35;  // an onset is decided up to 350 ms late
constexpr std::int64_t kFirstLook = 45;
constexpr std::int64_t kSecondLook = 100;
constexpr std::int64_t kLull = 18;
constexpr std::int64_t kLongPause = 100;
// What is longer settles only when it pauses: to search it again when more is said takes too long.
constexpr std::int64_t kMostRepeated = 400;
// After a pause a segment shorter than this is searched again from its beginning, with the better mean and
// with what was said before the pause as context; a longer one is left as it is and a new one begun.
constexpr std::int64_t kGoOn = 300;
constexpr std::int64_t kCutAnyway = 3000;
// The longest that is compared with short phrases. Most of that is over before a first look, and compared in
// its pause with a mean of its own; what goes on is looked at a second time when it is compared no more.
constexpr std::int64_t kBrief = 150;
constexpr std::int64_t kFirstLookAtBrief = 65;
constexpr std::int64_t kSecondLookAtBrief = kBrief + 1;
constexpr std::size_t kMostKept = 3500 * kVadFrameSamples;

// Whoever waits to hear whether a word or two was a phrase wants to know it soon.
constexpr std::int64_t kShortestPause = 10;
constexpr std::int64_t kPause = 25;

VadConfig voice_settings(bool phrases) {
  VadConfig config;
  config.hangover = std::chrono::milliseconds(10 * (phrases ? kShortestPause : kPause));
  return config;
}

}  // namespace

Utterance::Utterance(SphinxDecoder& decoder, const std::optional<CepstralMean>& channel, bool keep,
                     std::shared_ptr<const PhraseGroups> phrases)
    : decoder_(decoder),
      voice_(voice_settings(phrases != nullptr)),
      mean_(channel.value_or(CepstralMean())),
      known_(channel.has_value()),
      keep_(keep),
      phrases_(std::move(phrases)) {
  decoder_.front_end().begin(decoder_.adapted() == nullptr ? 1 : decoder_.adapted()->warp);
}

void Utterance::accept(std::span<const std::int16_t> samples) {
  samples_ += static_cast<std::int64_t>(samples.size());
  rest_.insert(rest_.end(), samples.begin(), samples.end());
  if (keep_ && kept_all_) {
    recording_.insert(recording_.end(), samples.begin(), samples.end());
    // What is longer is nothing to learn from.
    kept_all_ = recording_.size() <= kMostKept;
  }
  std::size_t taken = 0;
  std::vector<Cepstrum> cepstra;
  for (; rest_.size() - taken >= kVadFrameSamples; taken += kVadFrameSamples) {
    const std::span<const std::int16_t, kVadFrameSamples> block(rest_.data() + taken, kVadFrameSamples);
    cepstra.clear();
    decoder_.front_end().cepstra(block, cepstra);
    frames_.insert(frames_.end(), cepstra.begin(), cepstra.end());
    detect_voice(block);
  }
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(taken));
}

void Utterance::detect_voice(std::span<const std::int16_t, kVadFrameSamples> block) {
  const auto event = voice_.process(block);
  if (event && event->kind == VoiceEvent::Kind::kStarted) {
    const bool goes_on = silent_since_ && !paused_;
    if (!goes_on) marks_.push_back({Mark::Kind::kOnset, available(), event->at / kSamplesPerFrame});
    silent_since_.reset();
  } else if (event) {
    silent_since_ = available();
    paused_ = false;
    quiet_ = false;
  } else if (voice_.speaking()) {
    const bool quiet = voice_.silence() >= kLull * kSamplesPerFrame;
    if (quiet != quiet_) marks_.push_back({quiet ? Mark::Kind::kLull : Mark::Kind::kGoesOn, available(), 0});
    quiet_ = quiet;
  }
  if (!silent_since_) return;
  const std::int64_t silent = available() - *silent_since_;
  const bool brief = done_.empty() && available() - first_ <= kBrief;
  if (!paused_ && silent >= (phrases_ && !brief ? kPause - kShortestPause : 0)) {
    marks_.push_back({Mark::Kind::kPause, available(), 0});
    paused_ = true;
  }
  if (silent >= kLongPause) {
    marks_.push_back({Mark::Kind::kLongPause, available(), 0});
    silent_since_.reset();
  }
}

bool Utterance::advance() {
  for (int i = 0; i < kFramesAtOnce; ++i) {
    while (!marks_.empty() && marks_.front().frame <= position_) {
      const Mark mark = marks_.front();
      marks_.pop_front();
      apply(mark);
      // So that a partial can tell of it, however much has come at once.
      if (mark.kind == Mark::Kind::kLull) return true;
    }
    if (!search_next_frame()) return false;
  }
  return true;
}

void Utterance::apply(const Mark& mark) {
  switch (mark.kind) {
    case Mark::Kind::kOnset:
      speaking_ = true;
      if (open_ && position_ - first_ < kGoOn) {
        settled_.reset();
        search_again();
        break;
      }
      if (open_) close_segment();
      if (done_.empty() && !known_) begin_when_ = position_ + (phrases_ ? kFirstLookAtBrief : kFirstLook);
      open_segment(std::max(base_, mark.began - kPaddingFrames));
      break;
    case Mark::Kind::kLull:
      lull_ = open_ && !settled_ && !phrases_ && position_ - first_ <= kMostRepeated;
      if (!lull_) break;
      look_again();
      settle();
      break;
    case Mark::Kind::kGoesOn:
      if (!std::exchange(lull_, false)) break;
      settled_.reset();
      search_again();
      // The second look is still to come.
      if (done_.empty() && position_ - first_ < kSecondLook) searched_again_ = false;
      break;
    case Mark::Kind::kPause:
      speaking_ = false;
      lull_ = false;
      if (!open_ || settled_) break;
      look_again();
      settle();
      break;
    case Mark::Kind::kLongPause:
      if (open_) close_segment();
      break;
  }
}

// False when the next frame is not there yet, or not wanted any more.
bool Utterance::search_next_frame() {
  if (position_ >= available()) return false;
  if (!open_ || settled_) {
    ++position_;
    if (!open_) drop_frames_before(position_ - kKeptSilence);
    return true;
  }
  // Words that rest need not wait for a mean of more.
  const auto rests = [](const Mark& mark) {
    return mark.kind == Mark::Kind::kLull || mark.kind == Mark::Kind::kPause;
  };
  const auto rest = std::ranges::find_if(marks_, rests);
  if (rest != marks_.end()) begin_when_ = std::min(begin_when_, rest->frame);
  if (available() < begin_when_ && !finishing_) return false;
  averaged_ = std::max(averaged_, first_);
  const auto wanted = std::min(std::max(position_ + 1, begin_when_), available());
  for (; averaged_ < wanted; ++averaged_) mean_.add(frame(averaged_));
  if (position_ == first_) mean_of_ = averaged_;
  decoder_.decode(frame(position_), mean_.mean());
  ++position_;
  const std::int64_t second_look = phrases_ ? kSecondLookAtBrief : kSecondLook;
  if (!searched_again_ && speaking_ && position_ - first_ >= second_look) search_again();
  if (position_ - first_ >= kCutAnyway) {
    close_segment();
    open_segment(position_);
  }
  return true;
}

void Utterance::open_segment(std::int64_t first) {
  first_ = first;
  position_ = first;
  drop_frames_before(first);
  decoder_.begin_utterance();
  open_ = true;
}

// Searches the segment so far once more, now that its mean is better known.
void Utterance::search_again() {
  decoder_.begin_utterance();
  const Cepstrum mean = mean_.mean();
  for (std::int64_t i = first_; i < position_; ++i) decoder_.decode(frame(i), mean);
  mean_of_ = averaged_;
  searched_again_ = true;
}

// A short beginning has not been looked at a second time yet.
void Utterance::look_again() {
  if (!searched_again_ && !brief() && mean_of_ < position_) search_again();
}

// It is compared with phrases.
bool Utterance::brief() const { return phrases_ && done_.empty() && position_ - first_ <= kBrief; }

void Utterance::settle() {
  const bool compared = brief();
  if (compared && mean_of_ < position_) search_again();  // with the mean that the phrases have
  decoder_.end_utterance();
  const WordGraph graph = decoder_.graph();
  settled_ = placed(graph.states() == 0 ? decoder_.quick_words() : decoder_.likely_words({&graph, 1}));
  fits_.clear();
  if (!compared) return;
  const auto begin = frames_.begin() + (first_ - base_);
  fits_ = decoder_.fits(std::vector(begin, begin + (position_ - first_)), mean_.mean(), phrases_);
}

void Utterance::close_segment() {
  if (!settled_) settle();
  if (keep_ && !settled_->empty()) keep_segment();
  done_.insert(done_.end(), settled_->begin(), settled_->end());
  settled_.reset();
  open_ = false;
  searched_again_ = true;  // from here on the mean is that of all before
  drop_frames_before(position_ - kKeptSilence);
}

void Utterance::keep_segment() {
  if (!kept_all_) return;
  const auto sample = [this](std::int64_t frame) {
    return recording_.begin() +
           std::min(frame * kSamplesPerFrame, static_cast<std::int64_t>(recording_.size()));
  };
  kept_.insert(kept_.end(), sample(first_), sample(position_));
}

void Utterance::drop_frames_before(std::int64_t index) {
  for (; base_ < index && !frames_.empty(); ++base_) frames_.pop_front();
}

std::optional<Transcript> Utterance::take_partial() {
  Transcript now = transcript();
  if (now.spoken == reported_ && now.settled == reported_settled_) return std::nullopt;
  reported_ = now.spoken;
  reported_settled_ = now.settled;
  return now;
}

Transcript Utterance::finish() {
  finishing_ = true;
  std::vector<Cepstrum> last;
  decoder_.front_end().last_cepstrum(last);
  frames_.insert(frames_.end(), last.begin(), last.end());
  while (advance()) {
  }
  if (open_) close_segment();
  position_ = (samples_ + kSamplesPerFrame - 1) / kSamplesPerFrame;
  Transcript final = transcript();
  final.is_final = true;
  final.processed = samples_;
  return final;
}

std::vector<Word> Utterance::placed(std::vector<Word> words) const {
  const std::chrono::milliseconds offset(first_ * 10);
  for (Word& word : words) {
    word.start += offset;
    word.end += offset;
  }
  return words;
}

void describe(Transcript& transcript) {
  double confidence = 0;
  bool known = !transcript.words.empty();
  for (const Word& word : transcript.words) {
    if (!transcript.spoken.empty()) transcript.spoken += ' ';
    transcript.spoken += word.text;
    known = known && word.confidence.has_value();
    confidence += word.confidence.value_or(0);
  }
  if (known) transcript.confidence = confidence / static_cast<double>(transcript.words.size());
  transcript.text = readable_text(transcript.spoken);
}

Transcript Utterance::transcript() const {
  Transcript result;
  result.settled = settled_.has_value() || !open_;
  result.words = done_;
  if (settled_) {
    result.words.insert(result.words.end(), settled_->begin(), settled_->end());
  } else if (open_) {
    auto words = placed(decoder_.quick_words());
    std::move(words.begin(), words.end(), std::back_inserter(result.words));
  }
  describe(result);
  if (result.settled) result.fits = fits_;
  result.processed = std::min(position_ * kSamplesPerFrame, samples_);
  return result;
}

}  // namespace parley::speech
