// SPDX-License-Identifier: Apache-2.0
// Decoded audio, block by block, whatever the container: open a file with open_audio() and read to the end.
#pragma once

#include "audio/byte_source.hpp"
#include "audio/pcm.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace parley::audio {

// What Parley takes from outside. A header that says otherwise is UNSUPPORTED_MEDIA.
inline constexpr int kMinRate = 4000;
inline constexpr int kMaxRate = 384'000;
inline constexpr int kMaxChannels = 32;
inline constexpr std::int64_t kMaxSeconds = 24 * 3600;  // longer compressed audio is cut off with an error

// A source of at least one frame. Blocking, so for compute threads; one thread at a time; memory use does not
// depend on the length.
class AudioReader {
 public:
  virtual ~AudioReader() = default;

  virtual PcmFormat format() const = 0;
  // As the container declares, or as its size tells; nothing where neither does.
  virtual std::optional<std::int64_t> total_frames() const = 0;

  // The next block, at most a few thousand frames and never empty; nothing at the end.
  virtual runtime::Result<std::optional<Pcm>> read() = 0;

  // True once it is known that the audio is damaged or ends before its declared length.
  virtual bool truncated() const = 0;
};

// Looks at the content, never at the name: RIFF and RF64 are read by WavReader, the rest through FFmpeg.
// Errors: those of open_file(); BAD_REQUEST for an empty, damaged or silent-because-empty file;
// UNSUPPORTED_MEDIA for what is no audio or in no known encoding.
runtime::Result<std::unique_ptr<AudioReader>> open_audio(const std::filesystem::path& path);
runtime::Result<std::unique_ptr<AudioReader>> open_audio(std::unique_ptr<ByteSource> source);

// UNSUPPORTED_MEDIA when outside the limits above.
runtime::Result<> check_format(std::int64_t rate, std::int64_t channels);

}  // namespace parley::audio
