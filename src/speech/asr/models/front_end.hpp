// SPDX-License-Identifier: Apache-2.0
// Samples to cepstra, 100 a second, as the embedded engine's model was trained on them.
#pragma once

#include "runtime/result.hpp"
#include "speech/asr/models/cepstral_mean.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace parley::speech {

// The warps that a front end takes; the model's highest filter must stay below 8 kHz.
inline constexpr double kLeastWarp = 0.84;
inline constexpr double kMostWarp = 1.16;

// One thread at a time.
class FrontEnd {
 public:
  // `acoustic_model` holds feat.params. MODEL_REQUIRED when it does not.
  static runtime::Result<std::unique_ptr<FrontEnd>> open(const std::filesystem::path& acoustic_model);
  ~FrontEnd();
  FrontEnd(const FrontEnd&) = delete;
  FrontEnd& operator=(const FrontEnd&) = delete;

  // Forgets what was heard before. With a `warp` below 1 every frequency counts as a higher one, for a voice
  // deeper than those of the model (vocal tract length normalisation); it is kept within the limits above.
  void begin(double warp = 1);
  void cepstra(std::span<const std::int16_t> samples, std::vector<Cepstrum>& out);
  // What the last samples, less than a frame, come to.
  void last_cepstrum(std::vector<Cepstrum>& out);

 private:
  struct Handle;
  explicit FrontEnd(std::unique_ptr<Handle> handle);

  std::unique_ptr<Handle> handle_;
  double warp_ = 1;
};

// All of a recording, without its mean, which comes out in `mean`.
std::vector<Cepstrum> normalised_cepstra(FrontEnd& front_end, std::span<const std::int16_t> samples,
                                         double warp, Cepstrum& mean);

}  // namespace parley::speech
