// SPDX-License-Identifier: Apache-2.0
// Any bytes as a speaker profile: refused with a reason, or numbers that can be added up and written back as
// the same bytes.
#include "speech/asr/models/voice_profile.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::speech;
  constexpr std::size_t kPhones = 3;
  const std::string model(64, 'm');
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto profile = read_profile(bytes, kPhones, model);
  if (!profile) {
    if (profile.error().message.empty()) std::abort();
    return 0;
  }
  const std::string written = write_profile(*profile, model);
  if (written.size() > size || !read_profile(written, kPhones, model)) std::abort();
  const VoiceProfile newer = *profile;
  for (int times = 0; times < 3; ++times) profile->add(newer);
  for (const auto& gaussian : profile->heard.gaussians()) {
    if (!std::isfinite(gaussian.count) || gaussian.count < 0) std::abort();
    for (const float sum : gaussian.sum) {
      if (!std::isfinite(sum)) std::abort();
    }
  }
  return 0;
}
