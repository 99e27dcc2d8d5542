// SPDX-License-Identifier: Apache-2.0
// Silero VAD 6.2 for 16 kHz (https://github.com/snakers4/silero-vad, MIT), computed by Parley itself: how
// likely it is that somebody speaks in each 32 ms of audio. The weights are read from the published
// safetensors file.
//
//   window of 512 samples behind 64 of the one before, 64 mirrored at the end
//   -> 4 short-time spectra: magnitudes of 129 bins (a convolution with fixed weights)
//   -> convolutions over time, each with ReLU: 129->128, 128->64 (stride 2), 64->64 (stride 2), 64->128
//   -> LSTM cell of 128 -> ReLU -> 128->1 -> logistic
#pragma once

#include "runtime/result.hpp"
#include "speech/vad/models/kernels.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace parley::inference {
class OnnxWeights;
}

namespace parley::speech {

// What one stream carries from window to window: 1.25 KiB. A new stream begins with zeros.
struct SileroState {
  static constexpr std::size_t kContext = 64;
  static constexpr std::size_t kHidden = 128;

  std::array<float, kContext> context{};
  std::array<float, kHidden> hidden{};
  std::array<float, kHidden> cell{};
};

// The network without any stream. Immutable: any number of threads may evaluate it at once.
class Silero {
 public:
  static constexpr std::size_t kWindow = 512;  // samples: 32 ms
  static constexpr std::size_t kMaxFile = 8U << 20U;

  // Errors: NOT_FOUND when there is no such file, UNSUPPORTED_MEDIA when it does not hold this network's
  // tensors in their shapes.
  static runtime::Result<std::shared_ptr<const Silero>> load(const std::filesystem::path& file,
                                                             const Kernels& kernels = best_kernels());
  static runtime::Result<std::shared_ptr<const Silero>> make(const inference::OnnxWeights& file,
                                                             const Kernels& kernels = best_kernels());

  // The next window of one stream.
  struct Step {
    SileroState* state;                       // read and advanced
    std::span<const float, kWindow> samples;  // -1 to 1
    float probability = 0;                    // the result
  };

  // Evaluates one window of each of any number of different streams, reading the weights once for every
  // kTogether of them. Uses about 100 KiB of stack. About 40 us a stream alone, less together.
  static constexpr std::size_t kTogether = 6;
  void evaluate(std::span<Step> steps) const;

 private:
  explicit Silero(const Kernels& kernels) : kernels_(kernels) {}
  void evaluate_together(std::span<Step> steps) const;

  const Kernels& kernels_;
  Weights spectrum_;
  Weights conv1_;
  Weights conv2_;
  Weights conv3_;
  Weights conv4_;
  Weights cell_;
  std::vector<float> last_;
  float last_bias_ = 0;
};

}  // namespace parley::speech
