// SPDX-License-Identifier: Apache-2.0
// Whether a stretch of sound has a pitch, as vowels do and the noises of a room mostly do not: the largest
// normalised correlation of the signal with itself one pitch period (70 to 400 Hz) earlier.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace parley::speech {

class Voicing {
 public:
  static constexpr std::size_t kFrame = 40;  // 10 ms at 4 kHz

  // Takes the next 10 ms at 4 kHz; cheap.
  void push(std::span<const float, kFrame> frame);

  // 0 (noise) to 1 (perfectly periodic), of the last 30 ms; dearer, so ask only when it matters.
  double periodicity() const;

 private:
  static constexpr std::size_t kWindow = 120;   // 30 ms
  static constexpr std::size_t kShortest = 10;  // 400 Hz
  static constexpr std::size_t kLongest = 57;   // 70 Hz

  // The newest samples at 4 kHz, oldest first.
  std::array<float, kWindow + kLongest + 3> history_{};
};

}  // namespace parley::speech
