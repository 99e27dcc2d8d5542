// SPDX-License-Identifier: Apache-2.0
// What the embedded recogniser remembers of a speaker: the mean of the cepstra (microphone, room) and, when
// it may adapt, where the sounds of this voice are.
#pragma once

#include "speech/asr/models/acoustic_model.hpp"
#include "speech/asr/models/cepstral_mean.hpp"
#include "speech/asr/models/voice_regression.hpp"
#include "speech/recognizer.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace parley::speech {

// An utterance to learn from: cepstra without their mean, and what was said.
struct Lesson {
  struct Word {
    std::vector<std::string> phones;
    double certainty = 1;
  };
  std::vector<Cepstrum> cepstra;
  std::vector<Word> words;
};

// The acoustic model and how much speech it takes to move away from it; shared by all memories.
class VoiceTeacher {
 public:
  explicit VoiceTeacher(std::shared_ptr<const AcousticModel> model);

  // What the lesson says of the voice; nothing when the words cannot be found in the audio. Takes 10 to 20 ms
  // for a second of it.
  std::optional<VoiceStatistics> study(const Lesson& lesson) const;
  VoiceTransform transform(const VoiceStatistics& voice) const { return voice.transform(prior_); }

 private:
  std::shared_ptr<const AcousticModel> model_;
  VoiceStatistics prior_;
};

class SphinxVoice final : public VoiceMemory {
 public:
  // Without a teacher only the microphone is remembered.
  explicit SphinxVoice(std::shared_ptr<const VoiceTeacher> teacher) : teacher_(std::move(teacher)) {}

  bool adapts() const { return teacher_ != nullptr; }

  // Nothing and null until something was heard.
  std::optional<CepstralMean> channel() const;
  std::shared_ptr<const VoiceTransform> transform() const;

  void heard(const CepstralMean& channel);
  void learn(const Lesson& lesson);

 private:
  const std::shared_ptr<const VoiceTeacher> teacher_;
  mutable std::mutex mutex_;
  std::optional<CepstralMean> channel_;
  VoiceStatistics statistics_;
  std::shared_ptr<const VoiceTransform> transform_;
};

}  // namespace parley::speech
