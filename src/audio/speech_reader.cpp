// SPDX-License-Identifier: Apache-2.0
#include "audio/speech_reader.hpp"

#include <utility>

namespace parley::audio {

using runtime::Result;

Result<SpeechReader> SpeechReader::open(const std::filesystem::path& path) {
  auto reader = open_audio(path);
  if (!reader) return reader.error();
  return over(std::move(*reader));
}

Result<SpeechReader> SpeechReader::over(std::unique_ptr<AudioReader> reader) {
  auto resampler = FileResampler::create(reader->format(), kSpeechFormat.rate);
  if (!resampler) return resampler.error();
  return SpeechReader(std::move(reader), std::move(*resampler));
}

Result<std::optional<Pcm>> SpeechReader::read() {
  while (!ended_) {
    const auto block = reader_->read();
    if (!block) return block.error();
    ended_ = !block->has_value();
    if (!ended_) frames_read_ += static_cast<std::int64_t>((*block)->frames());
    auto samples = ended_ ? resampler_.flush() : resampler_.process((*block)->samples);
    if (!samples.empty()) return std::optional<Pcm>(Pcm{kSpeechFormat, std::move(samples)});
  }
  return std::optional<Pcm>();
}

std::chrono::milliseconds SpeechReader::position() const {
  return std::chrono::milliseconds(frames_read_ * 1000 / reader_->format().rate);
}

std::optional<std::chrono::milliseconds> SpeechReader::total() const {
  const auto frames = reader_->total_frames();
  if (!frames) return std::nullopt;
  return std::chrono::milliseconds(*frames * 1000 / reader_->format().rate);
}

Result<Pcm> read_speech(SpeechReader reader, std::chrono::milliseconds limit) {
  Pcm whole{kSpeechFormat, {}};
  while (true) {
    const auto block = reader.read();
    if (!block) return block.error();
    if (!block->has_value()) return whole;
    whole.samples.insert(whole.samples.end(), (*block)->samples.begin(), (*block)->samples.end());
    if (whole.duration() > limit) {
      return runtime::Error{runtime::ErrorCode::kPayloadTooLarge, "the recording is too long"};
    }
  }
}

}  // namespace parley::audio
