// SPDX-License-Identifier: Apache-2.0
// Sample rate conversion: one for live audio, where delay counts, one for files, where only quality does.
#pragma once

#include "audio/pcm.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace parley::audio {

// Keeps state between blocks; one thread at a time. Blocks that go in have the format of construction; one
// channel comes out: more are averaged first. Rates outside kMinRate..kMaxRate of reader.hpp: BAD_REQUEST.

// libswresample: at most 2 ms behind, for audio that somebody is waiting for.
class LiveResampler {
 public:
  static runtime::Result<LiveResampler> create(PcmFormat from, int to_rate);
  ~LiveResampler();
  LiveResampler(LiveResampler&&) noexcept;
  LiveResampler& operator=(LiveResampler&&) noexcept;

  // Whole interleaved frames in; what is ready out, possibly nothing.
  std::vector<std::int16_t> process(std::span<const std::int16_t> samples);
  // The rest, at the end of the audio. The resampler is not used after it.
  std::vector<std::int16_t> flush();

 private:
  struct State;
  explicit LiveResampler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// soxr at high quality: 20 to 120 ms behind, exact in length.
class FileResampler {
 public:
  static runtime::Result<FileResampler> create(PcmFormat from, int to_rate);
  ~FileResampler();
  FileResampler(FileResampler&&) noexcept;
  FileResampler& operator=(FileResampler&&) noexcept;

  std::vector<std::int16_t> process(std::span<const std::int16_t> samples);
  std::vector<std::int16_t> flush();

 private:
  struct State;
  explicit FileResampler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace parley::audio
