// SPDX-License-Identifier: Apache-2.0
// Flite's C library, one clause at a time.
#pragma once

#include "runtime/result.hpp"
#include "speech/tts/clause_audio.hpp"
#include "speech/tts/speech_writer.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct cst_voice_struct;

namespace parley::speech {

inline constexpr int kFliteRate = 16000;

struct FliteWord {
  std::string token;         // what it was read from, as it stands in the text without punctuation
  bool begins_token = true;  // a number, say, is one token and several words
  std::int64_t begin = 0;    // samples of what Flite makes
  std::int64_t end = 0;
};

struct FlitePhone {
  std::string_view ipa;
  std::int64_t begin = 0;  // samples of what Flite makes
  std::int64_t end = 0;
};

// What Flite knows of a clause before its first sample.
struct FlitePlan {
  SpeechBounds bounds;
  std::vector<FliteWord> words;    // in order; words without sound are left out
  std::vector<FlitePhone> phones;  // pauses are left out
};

struct FliteManner {
  const char* phones = nullptr;  // of the first word, parted by spaces; null: as its lexicon has it
  double stretch = 1;            // length relative to normal
  double pitch = 1;  // relative to the voice's own; rms, whose melody comes from another model, keeps its own
};

class FliteListener {
 public:
  virtual ~FliteListener() = default;
  // Once, before the first samples.
  virtual void on_plan(FlitePlan plan) = 0;
  // About 25 ms of audio each time. False: Flite stops.
  virtual bool on_samples(std::span<const std::int16_t> samples) = 0;
};

// A voice from a library of its own, which is loaded when it is opened: linked to, the three would take half
// of the time in which the program starts. Its data is shared by all who speak with it, at the same time too:
// what an utterance changes (streaming, speed, pitch) is kept in the utterance, and the voice is only read.
class FliteVoice {
 public:
  struct Row {
    std::string_view id;
    std::string_view description;
    double loudness_lufs;  // measured over the sentences of bench/tts
    const char* library;
    const char* load;  // the function that makes the voice
  };
  // All voices there are.
  static std::span<const Row> rows();

  // MODEL_REQUIRED when the library is not installed. Any thread.
  static runtime::Result<FliteVoice> open(const Row& row);

  VoiceSound sound() const { return {kFliteRate, loudness_lufs_}; }

  // Speaks ASCII text on the calling thread. False when Flite fails; true also when the listener stopped it.
  // Any number of threads.
  bool speak(const std::string& text, FliteManner manner, FliteListener& listener) const;

 private:
  FliteVoice(cst_voice_struct* voice, double loudness_lufs) : voice_(voice), loudness_lufs_(loudness_lufs) {}

  cst_voice_struct* voice_;
  double loudness_lufs_;
};

}  // namespace parley::speech
