// SPDX-License-Identifier: Apache-2.0
// Any audio as what the recogniser takes: 16 kHz, one channel, block by block, with progress.
#pragma once

#include "audio/reader.hpp"
#include "audio/resampler.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

namespace parley::audio {

// Blocking, one thread at a time.
class SpeechReader {
 public:
  // Errors as of open_audio().
  static runtime::Result<SpeechReader> open(const std::filesystem::path& path);
  static runtime::Result<SpeechReader> over(std::unique_ptr<AudioReader> reader);

  // The next block in kSpeechFormat, never empty; nothing at the end.
  runtime::Result<std::optional<Pcm>> read();

  // How much of the source has been read, and its length where that is known (bare AAC and the like do not
  // say).
  std::chrono::milliseconds position() const;
  std::optional<std::chrono::milliseconds> total() const;
  bool truncated() const { return reader_->truncated(); }

 private:
  SpeechReader(std::unique_ptr<AudioReader> reader, FileResampler resampler)
      : reader_(std::move(reader)), resampler_(std::move(resampler)) {}

  std::unique_ptr<AudioReader> reader_;
  FileResampler resampler_;
  std::int64_t frames_read_ = 0;
  bool ended_ = false;
};

// The whole of a short recording in kSpeechFormat. PAYLOAD_TOO_LARGE when it is longer than `limit`.
runtime::Result<Pcm> read_speech(SpeechReader reader, std::chrono::milliseconds limit);

}  // namespace parley::audio
