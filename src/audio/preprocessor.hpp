// SPDX-License-Identifier: Apache-2.0
// What can be done to live sound before somebody tries to understand it: rumble taken out, noise suppressed,
// level brought up. The work is done by WebRTC's audio processing.
#pragma once

#include "runtime/config.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace parley::audio {

struct PreprocessConfig {
  bool high_pass = false;                 // what is below some 100 Hz goes
  std::string noise_suppression = "off";  // off, low, moderate, high, very_high
  bool gain_control = false;              // quiet voices are amplified, and limited

  bool enabled() const { return high_pass || gain_control || noise_suppression != "off"; }
  void bind(runtime::ConfigSpec& spec);
  // BAD_REQUEST naming the key that cannot be.
  runtime::Result<> validate() const;
  bool operator==(const PreprocessConfig&) const = default;
};

// Of one stream; one thread at a time. Some 200 KB and a few hundredths of a percent of a core.
class Preprocessor {
 public:
  static constexpr std::size_t kFrame = 160;  // 10 ms at 16 kHz, mono

  // `config` is valid.
  explicit Preprocessor(const PreprocessConfig& config);
  ~Preprocessor();
  Preprocessor(Preprocessor&&) noexcept;
  Preprocessor& operator=(Preprocessor&&) noexcept;

  // Changes the next frame in place. Nothing comes more than a frame late.
  void process(std::span<std::int16_t, kFrame> frame);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::audio
