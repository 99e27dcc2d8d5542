// SPDX-License-Identifier: Apache-2.0
// The C library of eSpeak NG, found at run time: whoever does not use it need not have it installed.
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace parley::speech {

struct EspeakVoice {
  std::string identifier;  // what eSpeak knows it by: "gmw/en-US"
  std::string language;    // "en-us"
  std::string name;        // "English (America)"
};

struct EspeakEvent {
  enum class Kind : std::uint8_t { kWord, kPhoneme, kPause };
  Kind kind;
  std::int64_t at_ms;        // since the first sample
  std::size_t position = 0;  // of a word: characters (code points) before it
  std::string symbol = {};   // of a phoneme, IPA
};

struct EspeakAudio {
  std::vector<std::int16_t> samples;
  std::vector<EspeakEvent> events;  // in the order of time
};

struct EspeakManner {
  double speed = 1.0;
  double pitch = 1.0;
  bool sounds = false;  // what stands in [[ ]] are sounds
};

class EspeakLibrary {
 public:
  // The library of this process, loaded by the first call. MODEL_REQUIRED when it or its data are missing.
  static runtime::Result<EspeakLibrary*> open();

  int rate() const { return rate_; }
  const std::vector<EspeakVoice>& voices() const { return voices_; }

  // Speaks UTF-8 with the voice of that identifier ("+f1" may follow) and waits for other threads that
  // speak. `go_on` is asked each 40 ms of audio; when it says no, what was made so far is returned.
  // TTS_FAILED when eSpeak fails.
  runtime::Result<EspeakAudio> speak(const std::string& identifier, const std::string& text,
                                     EspeakManner manner, const std::function<bool()>& go_on);

 private:
  struct Functions;
  EspeakLibrary() = default;
  static runtime::Result<EspeakLibrary*> load();

  const Functions* functions_ = nullptr;
  int rate_ = 0;
  std::vector<EspeakVoice> voices_;
  std::mutex speaking_;  // of the library's global state, and of current_
  std::string current_;  // the voice that is set
};

}  // namespace parley::speech
