// SPDX-License-Identifier: Apache-2.0
#include "audio/reader.hpp"

#include "audio/media.hpp"
#include "audio/wav.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace parley::audio {

using runtime::Error;
using runtime::ErrorCode;

runtime::Result<> check_format(std::int64_t rate, std::int64_t channels) {
  if (rate < kMinRate || rate > kMaxRate) {
    return Error{ErrorCode::kUnsupportedMedia, "the audio declares an impossible sample rate"};
  }
  if (channels < 1 || channels > kMaxChannels) {
    return Error{ErrorCode::kUnsupportedMedia, "the audio declares an impossible number of channels"};
  }
  return {};
}

runtime::Result<std::unique_ptr<AudioReader>> open_audio(const std::filesystem::path& path) {
  auto source = open_file(path);
  if (!source) return source.error();
  return open_audio(std::move(*source));
}

runtime::Result<std::unique_ptr<AudioReader>> open_audio(std::unique_ptr<ByteSource> source) {
  std::array<std::uint8_t, 12> head{};
  const std::size_t count = source->read(head);
  if (count == 0) return Error{ErrorCode::kBadRequest, "the file is empty"};
  source->seek(0);
  if (!is_wav(std::span(head).first(count))) return open_media(std::move(source));

  auto wav = WavReader::parse(*source);
  // FFmpeg knows the compressed encodings that a WAV file may wrap.
  if (!wav && wav.error().param == kUnknownWavEncoding) return open_media(std::move(source));
  if (!wav) return wav.error();
  auto reader = WavReader::open(std::move(source), *wav);
  if (!reader) return reader.error();
  return std::unique_ptr<AudioReader>(std::move(*reader));
}

}  // namespace parley::audio
