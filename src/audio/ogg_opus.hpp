// SPDX-License-Identifier: Apache-2.0
// Opus in Ogg (RFC 3533, RFC 7845), written while the sound is made: what has come out so far is a readable
// file at any time, which lacks its last second.
#pragma once

#include "audio/opus.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace parley::audio {

struct OggOpusSettings {
  int channels = 2;
  int bitrate = 48'000;
  int complexity = 1;        // 0 (fast) to 10
  std::uint32_t serial = 0;  // of the stream; another one for files that are to be put behind each other
  std::vector<std::pair<std::string, std::string>> tags = {};  // such as {"TITLE", "..."}; UTF-8
};

// 48 kHz. One thread at a time; 90 KB of state.
class OggOpusWriter {
 public:
  static constexpr int kRate = 48'000;

  // BAD_REQUEST naming what Opus cannot do.
  static runtime::Result<OggOpusWriter> create(const OggOpusSettings& settings);
  ~OggOpusWriter();
  OggOpusWriter(OggOpusWriter&&) noexcept;
  OggOpusWriter& operator=(OggOpusWriter&&) noexcept;

  // Interleaved samples, whole frames. Gives what is ready of the file, possibly nothing, and the head first.
  runtime::Result<std::string> write(std::span<const std::int16_t> samples);
  // The end of the file. A decoder gives exactly the samples that were written. Nothing is called after it.
  runtime::Result<std::string> finish();

 private:
  struct State;
  explicit OggOpusWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace parley::audio
