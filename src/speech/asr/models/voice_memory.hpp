// SPDX-License-Identifier: Apache-2.0
// What the embedded recogniser remembers of a speaker: the mean of the cepstra (microphone, room) and, when
// it may adapt, how long the vocal tract is and where the sounds of this voice are.
#pragma once

#include "speech/asr/models/acoustic_model.hpp"
#include "speech/asr/models/cepstral_mean.hpp"
#include "speech/asr/models/voice_model.hpp"
#include "speech/asr/models/voice_profile.hpp"
#include "speech/recognizer.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

  struct Studied {
    Lesson lesson;
    WarpFit fit;
  };

  // Nothing when the words cannot be found in the audio. Takes some 50 ms for a second of it.
  std::optional<Studied> study(Lesson lesson) const;

  // Whether a lesson sounds less like this voice than like anybody's: somebody else speaks. Takes as long.
  bool is_another(const VoiceProfile& voice, const Studied& studied) const;

  struct Voice {
    VoiceProfile fresh;  // of the lessons alone
    std::shared_ptr<const VoiceModel> model;
  };
  // What all lessons together say, and what was known before (null: nothing). Takes some 20 ms for a second
  // of them.
  std::optional<Voice> conclude(std::span<const Studied> lessons, const VoiceProfile* before) const;

  // The same without lessons: 50 ms.
  std::shared_ptr<const VoiceModel> model_of(const VoiceProfile& profile) const;

  VoiceProfile nothing() const { return VoiceProfile(model_->phones()); }
  SpeakerProfile write(const VoiceProfile& profile) const;
  // Errors as of read_profile().
  runtime::Result<VoiceProfile> read(std::string_view bytes) const;

 private:
  VoiceTeacher(std::filesystem::path folder, std::shared_ptr<const AcousticModel> model, std::string id)
      : folder_(std::move(folder)), model_(std::move(model)), id_(std::move(id)) {}

  std::shared_ptr<AcousticModel> adapted(const VoiceStatistics& statistics) const;

  const std::filesystem::path folder_;
  const std::shared_ptr<const AcousticModel> model_;
  const std::string id_;  // the SHA-256 of the model's files
};

class SphinxVoice final : public VoiceMemory {
 public:
  // Of one session. Without a teacher only the microphone is remembered.
  explicit SphinxVoice(std::shared_ptr<const VoiceTeacher> teacher) : teacher_(std::move(teacher)) {}
  // Of somebody whose voice is kept; `before` is what is known already.
  SphinxVoice(std::shared_ptr<const VoiceTeacher> teacher, VoiceProfile before);

  SpeakerProfile take_learnt() override;
  void forget() override;

  bool adapts() const;

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
  bool forgotten() const;
  void study(Lesson lesson);
  void settle();
  SpeakerProfile hand_over();
  void clear();

  const std::shared_ptr<const VoiceTeacher> teacher_;
  const bool kept_ = false;
  mutable std::mutex mutex_;
  Known known_;
  bool forgotten_ = false;

  std::mutex learning_;  // of all below; may be held for seconds
  std::vector<VoiceTeacher::Studied> lessons_;
  std::optional<VoiceProfile> fresh_;    // of the lessons
  std::optional<VoiceProfile> settled_;  // of what came before them
  std::optional<VoiceProfile> learnt_;   // the part of it that is not kept yet, if it is to be
};

// For the voices that `teacher` teaches.
std::shared_ptr<const VoiceKeeper> make_sphinx_keeper(std::shared_ptr<const VoiceTeacher> teacher);

}  // namespace parley::speech
