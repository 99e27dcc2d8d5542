// SPDX-License-Identifier: Apache-2.0
// Settings of speech synthesis.
#pragma once

#include "runtime/config.hpp"

#include <string>
#include <vector>

namespace parley::speech {

struct TtsConfig {
  // A key of the table in tts/engines.cpp. auto: an English neural voice that is here, else flite.
  std::string engine = "auto";
  std::string voice = {};      // an id, or ENGINE:VOICE; empty: the engine's own (slt, en-us)
  double speed = 1.0;          // 0.5 to 2.0; multiplied with the speed that a request asks for
  double loudness_lufs = -16;  // -40 to -10; every voice is brought to it (ITU-R BS.1770)
  std::vector<std::string> pronunciations = {};  // WRITTEN=SPOKEN, see text/pronunciations.hpp

  // Sentences spoken before are kept on disk, in up to so many megabytes; 0: nothing is kept. 0 to 100,000.
  std::int64_t cache_megabytes = 64;

  void bind(runtime::ConfigSpec& spec);
  // BAD_REQUEST naming the key that cannot be. Whether engine and voice exist is known when they are built.
  runtime::Result<> validate() const;
};

}  // namespace parley::speech
