// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/rise.hpp"

namespace parley::speech {

namespace {
constexpr double kRiseDb = 3;
constexpr double kLoudDb = 10;
// Quiet recordings have consonants at -50 dBFS; a silent room's own noises stay below.
constexpr double kFaintestDbfs = -52;
}  // namespace

void Rise::update(std::int64_t position, double dbfs, double noise_dbfs) {
  if (dbfs > noise_dbfs + kRiseDb) {
    if (below_ > 3) at_ = position;
    below_ = 0;
  } else {
    ++below_;
  }
  loud_ = dbfs > noise_dbfs + kLoudDb && dbfs > kFaintestDbfs ? loud_ + 1 : 0;
}

}  // namespace parley::speech
