// SPDX-License-Identifier: Apache-2.0
// Sound that rises out of the noise: where the present one did, and whether it is loud enough to be the
// beginning of speech. Known 20 ms after the first consonant, long before it is known whether it is speech.
#pragma once

#include <cstdint>

namespace parley::speech {

class Rise {
 public:
  // Takes the level of the 10 ms frame that begins at sample `position`, and of the noise before it.
  void update(std::int64_t position, double dbfs, double noise_dbfs);

  // Where the present sound rose out of the noise; dips of up to 30 ms belong to it.
  std::int64_t at() const { return at_; }
  // Whether the last two frames stand out.
  bool loud() const { return loud_ >= 2; }

 private:
  std::int64_t at_ = 0;
  int below_ = 0;
  int loud_ = 0;
};

}  // namespace parley::speech
