// SPDX-License-Identifier: Apache-2.0
// All that is known of one voice, counted up so that its audio is not needed again and more can be added; and
// the bytes it is kept as.
#pragma once

#include "speech/asr/models/cepstral_mean.hpp"
#include "speech/asr/models/voice_regression.hpp"
#include "speech/voice_keeper.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parley::speech {

// The warps of the frequency axis that are tried, and the one that is none.
inline constexpr std::array kVoiceWarps{0.86, 0.90, 0.94, 0.97, 1.0, 1.03, 1.06, 1.10, 1.14};
inline constexpr std::size_t kNoWarp = 4;

// How well a voice fits at each of the warps.
struct WarpFit {
  std::array<double, kVoiceWarps.size()> log_posterior{};  // of the phones said, summed over `frames`
  double frames = 0;

  void add(const WarpFit& other);
  void scale(double factor);
};

struct VoiceProfile {
  explicit VoiceProfile(std::size_t phones) : heard(phones) {}

  std::size_t warp = kNoWarp;
  WarpFit fit;
  VoiceStatistics heard;            // at this warp, as all below
  std::optional<Cepstrum> channel;  // the mean of the newest cepstra: microphone, room and level

  double seconds() const { return heard.frames() / 100; }
  // What was counted at another warp cannot be added: what was learnt from more speech stays. Past ten
  // minutes the older part fades, so that a voice may change.
  void add(const VoiceProfile& newer);
};

// Little-endian: a mark, the version, `model` (64 characters that tell acoustic models apart), the warp, its
// fit, the channel, then each Gaussian that was heard.
std::string write_profile(const VoiceProfile& profile, std::string_view model);

// The profile that write_profile() wrote for a model of so many phones. CONFLICT when it is of another model
// or version, BAD_REQUEST when it is damaged.
runtime::Result<VoiceProfile> read_profile(std::string_view bytes, std::size_t phones,
                                           std::string_view model);

}  // namespace parley::speech
