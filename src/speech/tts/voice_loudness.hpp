// SPDX-License-Identifier: Apache-2.0
// How loud the voices of an engine are, measured when each first says something long enough.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace parley::speech {

// Thread-safe.
class VoiceLoudness {
 public:
  // `usual` is what is taken, in LUFS, until a voice was measured.
  explicit VoiceLoudness(double usual) : usual_(usual) {}

  // The loudness of a voice; measured now, on what it says, if it was not before.
  double measure(const std::string& voice, const std::vector<std::int16_t>& samples, int rate);

 private:
  const double usual_;
  std::mutex mutex_;
  std::map<std::string, double> measured_;
};

}  // namespace parley::speech
