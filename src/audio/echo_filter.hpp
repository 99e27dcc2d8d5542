// SPDX-License-Identifier: Apache-2.0
// What a room makes of a loudspeaker, learnt while it plays: an adaptive filter in the frequency domain, in
// which each coefficient knows how far it may be wrong, so that it learns fast where it knows little and not
// at all from a voice (F. Kuech, E. Mabande, G. Enzner, "State-space architecture of the partitioned-block-
// based acoustic echo controller", 2014).
#pragma once

#include "audio/fourier.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace parley::audio {

// Of an echo up to 480 ms later than what is played. One thread at a time. 180 KB.
class EchoFilter {
 public:
  static constexpr std::size_t kFrame = 160;  // 10 ms at 16 kHz, mono
  using Frame = std::array<float, kFrame>;

  // Of a band; only to be compared with each other.
  struct Powers {
    float heard = 0;
    float echo = 0;       // as foreseen
    float left = 0;       // when that is taken away
    float uncertain = 0;  // of which the filter may have foreseen so much wrongly
  };
  struct Bands {
    Powers voice;  // 300 Hz to 4 kHz
    Powers hiss;   // 4 to 7 kHz: most of an "s", and little of other sounds
  };

  EchoFilter();
  // One that has heard nothing yet, and expects the echo mostly where this one has found it: it learns faster
  // than who expects it anywhere. None while there is nothing to go by.
  std::optional<EchoFilter> narrowed() const;

  // Takes the next frame that is played, and takes the echo out of the one heard meanwhile.
  Bands process(const Frame& played, Frame& heard);
  // The echo may have become louder, fainter, or some tens of milliseconds earlier or later.
  void doubt();
  // As doubt(), and nothing has been played for a time.
  void rest();

 private:
  // A part of the filter is twice as long as a frame, so that the spectra of the frames serve all parts.
  static constexpr std::size_t kParts = 24;
  static constexpr std::size_t kStep = 2;
  static constexpr std::size_t kSpectra = kParts * kStep;

  struct Part {
    Spectrum weight;
    std::array<float, Spectrum::kBins> doubt{};  // the variance of the weight
  };

  const Spectrum& played(std::size_t part) const;
  void learn(const Spectrum& left);
  void constrain(Part& part);
  Powers powers(std::size_t lowest, std::size_t end, const Spectrum& heard, const Spectrum& echo,
                const Spectrum& left) const;

  std::vector<Part> parts_;
  std::vector<Spectrum> spectra_;  // of what was played, a ring; empty while it rests
  std::size_t newest_ = 0;
  std::size_t constrained_ = 0;                // the part whose turn it was
  std::array<float, kTransformed> samples_{};  // the last that were played
  std::array<float, Spectrum::kBins> uncertain_{};
  std::array<float, Spectrum::kBins> near_{};  // the power of all but the echo
};

}  // namespace parley::audio
