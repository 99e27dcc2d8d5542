// SPDX-License-Identifier: Apache-2.0
// The mean of the cepstra heard so far, which is subtracted to take out the microphone, the room and the
// level. The acoustic model was trained with the mean of whole utterances; a live engine has to do with what
// it has.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace parley::speech {

inline constexpr std::size_t kCepstra = 13;
using Cepstrum = std::array<float, kCepstra>;

class CepstralMean {
 public:
  CepstralMean();

  void add(const Cepstrum& frame);
  Cepstrum mean() const;
  // For the next utterance through the same microphone: the same mean, believed a second or two's worth.
  CepstralMean carried() const;
  // The same of a mean that was noted down.
  static CepstralMean carried(const Cepstrum& mean);

 private:
  std::array<double, kCepstra> sum_{};
  double frames_ = 0;
};

}  // namespace parley::speech
