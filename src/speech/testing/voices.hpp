// SPDX-License-Identifier: Apache-2.0
// Sounds for tests: noise, and a vowel-like voice that needs no recording.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace parley::speech::testing {

using Samples = std::vector<std::int16_t>;

// White noise of `seconds` at `dbfs`, the same every time for one seed.
Samples white_noise(double seconds, double dbfs, unsigned seed = 1);

// Harmonics of 120 Hz with the envelope of an open vowel and four syllables a second, at `dbfs`.
Samples voice(double seconds, double dbfs);

Samples silence(double seconds);
Samples joined(const std::vector<Samples>& parts);
// Sample by sample; the second is repeated as often as needed.
Samples mixed(Samples first, const Samples& second);
// The root mean square of the 10 ms frames within 25 dB of the loudest: the level of the speech in a
// recording.
double speech_dbfs(const Samples& samples);
double rms_dbfs(const Samples& samples);
Samples amplified(Samples samples, double db);

}  // namespace parley::speech::testing
