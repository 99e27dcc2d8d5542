// SPDX-License-Identifier: Apache-2.0
// What the embedded recogniser remembers of a speaker: the mean of the cepstra (microphone, room) and, when
// it may adapt, how long the vocal tract is and where the sounds of this voice are.
#pragma once

#include "speech/asr/models/acoustic_model.hpp"
#include "speech/asr/models/cepstral_mean.hpp"
#include "speech/asr/models/voice_model.hpp"
#include "speech/recognizer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace parley::speech {

// An utterance to learn from, and what was said.
struct Lesson {
  struct Word {
    std::vector<std::string> phones;
    double certainty = 1;
  };
  std::vector<std::int16_t> samples;  // 16 kHz
  std::vector<Word> words;
};

// The acoustic model and how much speech it takes to move away from it; shared by all memories. Any thread.
class VoiceTeacher {
 public:
  // `folder` is that of the acoustic model. MODEL_REQUIRED when it is another than expected.
  static runtime::Result<std::shared_ptr<const VoiceTeacher>> open(const std::filesystem::path& folder);

  // How well a voice fits at each of the warps that are tried.
  static constexpr std::array kWarps{0.86, 0.90, 0.94, 0.97, 1.0, 1.03, 1.06, 1.10, 1.14};
  struct Fit {
    std::array<double, kWarps.size()> log_posterior{};  // of the phones said, summed over `frames`
    double frames = 0;
  };

  struct Studied {
    Lesson lesson;
    Fit fit;
  };

  // Nothing when the words cannot be found in the audio. Takes some 50 ms for a second of it.
  std::optional<Studied> study(Lesson lesson) const;

  struct Voice {
    std::shared_ptr<const VoiceModel> model;
    CepstralMean channel;  // at the warp of the model
  };
  // What all lessons together say. Takes some 20 ms for a second of them.
  std::optional<Voice> conclude(std::span<const Studied> lessons) const;

 private:
  VoiceTeacher(std::filesystem::path folder, std::shared_ptr<const AcousticModel> model)
      : folder_(std::move(folder)), model_(std::move(model)) {}

  const std::filesystem::path folder_;
  const std::shared_ptr<const AcousticModel> model_;
};

class SphinxVoice final : public VoiceMemory {
 public:
  // Without a teacher only the microphone is remembered.
  explicit SphinxVoice(std::shared_ptr<const VoiceTeacher> teacher) : teacher_(std::move(teacher)) {}

  bool adapts() const { return teacher_ != nullptr; }

  // Nothing and null until something was heard.
  struct Known {
    std::optional<CepstralMean> channel;
    std::shared_ptr<const VoiceModel> model;
  };
  Known known() const;

  // `channel` was heard with `model`, which may have been replaced meanwhile.
  void heard(const CepstralMean& channel, const VoiceModel* model);
  void learn(Lesson lesson);

 private:
  const std::shared_ptr<const VoiceTeacher> teacher_;
  std::mutex learning_;
  std::vector<VoiceTeacher::Studied> lessons_;  // under learning_; the last minute and a half
  mutable std::mutex mutex_;
  Known known_;
};

}  // namespace parley::speech
