// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/voice_memory.hpp"

#include "speech/asr/models/alignment.hpp"

#include <algorithm>
#include <utility>

namespace parley::speech {

namespace {

// Speech that the model's own sounds weigh as much as: 100 frames a second.
constexpr double kPriorFrames = 1000;
// Of what was heard, the last two minutes or so count.
constexpr double kMostFrames = 12'000;

}  // namespace

VoiceTeacher::VoiceTeacher(std::shared_ptr<const AcousticModel> model)
    : model_(std::move(model)), prior_(VoiceStatistics::of_model(*model_, kPriorFrames)) {}

std::optional<VoiceStatistics> VoiceTeacher::study(const Lesson& lesson) const {
  std::vector<std::vector<std::size_t>> words;
  std::vector<double> certainty;
  for (const Lesson::Word& word : lesson.words) {
    auto& phones = words.emplace_back();
    certainty.push_back(word.certainty);
    for (const std::string& name : word.phones) {
      const auto phone = model_->phone(name);
      if (!phone) return std::nullopt;
      phones.push_back(*phone);
    }
  }
  const auto frames = features_of(lesson.cepstra);
  const auto path = align(*model_, frames, words);
  if (!path) return std::nullopt;
  VoiceStatistics voice;
  voice.add(*model_, frames, *path, certainty);
  return voice;
}

std::optional<CepstralMean> SphinxVoice::channel() const {
  const std::lock_guard lock(mutex_);
  return channel_;
}

std::shared_ptr<const VoiceTransform> SphinxVoice::transform() const {
  const std::lock_guard lock(mutex_);
  return transform_;
}

void SphinxVoice::heard(const CepstralMean& channel) {
  const std::lock_guard lock(mutex_);
  channel_ = channel.carried();
}

void SphinxVoice::learn(const Lesson& lesson) {
  if (!teacher_) return;
  const auto heard = teacher_->study(lesson);
  if (!heard) return;
  const std::lock_guard lock(mutex_);
  statistics_.fade(std::min(1.0, kMostFrames / std::max(statistics_.frames(), 1.0)));
  statistics_.add(*heard);
  transform_ = std::make_shared<const VoiceTransform>(teacher_->transform(statistics_));
}

}  // namespace parley::speech
