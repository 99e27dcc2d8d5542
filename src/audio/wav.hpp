// SPDX-License-Identifier: Apache-2.0
// WAV, read and written in blocks: RIFF, RF64 and BW64; linear PCM of 8 to 32 bits, float, A-law, mu-law.
// Sources: Multimedia Programming Interface 1.0 (RIFF), EBU Tech 3306 (RF64), ITU-T G.711.
#pragma once

#include "audio/reader.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::audio {

enum class WavEncoding : std::uint8_t {
  kUnsigned8,
  kSigned16,
  kSigned24,
  kSigned32,
  kFloat32,
  kFloat64,
  kALaw,
  kMuLaw
};

// What the chunks before the samples say.
struct WavInfo {
  PcmFormat format;
  WavEncoding encoding = WavEncoding::kSigned16;
  std::uint64_t data_begin = 0;  // offset of the first sample in the source
  std::uint64_t data_bytes = 0;  // whole frames that are really there
  bool truncated = false;        // the header promises more than there is

  std::size_t frame_bytes() const;
};

// The `param` of the error for an encoding that WavReader does not know but another decoder may.
inline constexpr std::string_view kUnknownWavEncoding = "encoding";

bool is_wav(std::span<const std::uint8_t> head);

class WavReader final : public AudioReader {
 public:
  // Reads the header only. A declared data size of 0 or 0xFFFFFFFF, which writers to a pipe leave, means "to
  // the end". Chunks that are not needed are skipped. BAD_REQUEST for a damaged header or one without
  // samples, UNSUPPORTED_MEDIA for an unknown encoding or a format outside the limits.
  static runtime::Result<WavInfo> parse(ByteSource& source);

  static runtime::Result<std::unique_ptr<WavReader>> open(std::unique_ptr<ByteSource> source);
  static runtime::Result<std::unique_ptr<WavReader>> open(std::unique_ptr<ByteSource> source,
                                                          const WavInfo& info);

  PcmFormat format() const override { return info_.format; }
  std::optional<std::int64_t> total_frames() const override;
  runtime::Result<std::optional<Pcm>> read() override;
  bool truncated() const override { return info_.truncated; }

 private:
  WavReader(std::unique_ptr<ByteSource> source, const WavInfo& info);

  std::unique_ptr<ByteSource> source_;
  WavInfo info_;
  std::uint64_t left_;  // bytes of samples not read yet
  std::vector<std::uint8_t> bytes_;
};

// The header of a file of 16-bit samples. `data_bytes` must fit 32 bits less the header.
inline constexpr std::size_t kWavHeaderBytes = 44;
std::array<std::uint8_t, kWavHeaderBytes> wav_header(PcmFormat format, std::uint32_t data_bytes);

// A whole file in memory; PAYLOAD_TOO_LARGE past 4 GiB.
runtime::Result<std::string> encode_wav(const Pcm& pcm);

// Writes 16-bit WAV as samples come; the sizes in the header are put in by finish(), so that a file that was
// cut off still opens (sizes 0). Blocking, one thread at a time.
class WavWriter {
 public:
  // BAD_REQUEST when the file cannot be made. An existing one is replaced.
  static runtime::Result<WavWriter> create(const std::filesystem::path& path, PcmFormat format);

  // Interleaved samples, whole frames. PAYLOAD_TOO_LARGE past 4 GiB, INTERNAL_ERROR when the disk is full.
  runtime::Result<> write(std::span<const std::int16_t> samples);
  // Completes the header and closes the file. Call it once; without it the sizes stay 0.
  runtime::Result<> finish();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const;
  };
  WavWriter(std::unique_ptr<std::FILE, CloseFile> file, PcmFormat format);

  std::unique_ptr<std::FILE, CloseFile> file_;
  PcmFormat format_;
  std::uint64_t data_bytes_ = 0;
};

}  // namespace parley::audio
