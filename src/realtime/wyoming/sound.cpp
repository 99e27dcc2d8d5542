// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/sound.hpp"

#include "realtime/json_fields.hpp"

#include <span>
#include <string>
#include <utility>

namespace parley::realtime::wyoming {

using runtime::Result;

namespace {

Result<> read_number(const Event& event, const char* key, std::int64_t least, std::int64_t most,
                     std::int64_t& out) {
  const auto* found = event.data.if_contains(key);
  if (found == nullptr) return bad_field("is missing", key);
  const auto read = runtime::read_json(*found, out);
  if (read && out >= least && out <= most) return {};
  return bad_field("expected " + std::to_string(least) + " to " + std::to_string(most), key);
}

// Of wider samples, the upper two bytes.
std::vector<std::int16_t> narrowed(std::string_view bytes, std::size_t width) {
  std::vector<std::int16_t> samples(bytes.size() / width);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t end = (i + 1) * width;
    const unsigned low = width == 1 ? 0 : static_cast<std::uint8_t>(bytes[end - 2]);
    const unsigned high = static_cast<std::uint8_t>(bytes[end - 1]);
    samples[i] = static_cast<std::int16_t>(low | (high << 8U));
  }
  return samples;
}

}  // namespace

Result<SoundFormat> read_format(const Event& event) {
  SoundFormat format;
  for (const auto& read : {read_number(event, "rate", 8000, 96'000, format.rate),
                           read_number(event, "width", 1, 4, format.width),
                           read_number(event, "channels", 1, 8, format.channels)}) {
    if (!read) return read.error();
  }
  return format;
}

SoundIntake::SoundIntake(const audio::PreprocessConfig& preprocess) {
  if (preprocess.enabled()) preprocessor_.emplace(preprocess);
}

Result<std::vector<std::int16_t>> SoundIntake::take(const Event& chunk) {
  const auto format = read_format(chunk);
  if (!format) return format.error();
  if (chunk.payload.size() % static_cast<std::size_t>(format->width * format->channels) != 0) {
    return bad_field("holds a part of a sample", "payload_length");
  }
  if (format_ != *format) {
    format_ = *format;
    resampler_.reset();
    const audio::PcmFormat from{static_cast<int>(format->rate), static_cast<int>(format->channels)};
    if (from != audio::kSpeechFormat) {
      auto made = audio::LiveResampler::create(from, audio::kSpeechFormat.rate);
      if (!made) return made.error();
      resampler_.emplace(std::move(*made));
    }
  }
  auto samples = narrowed(chunk.payload, static_cast<std::size_t>(format->width));
  if (resampler_) samples = resampler_->process(samples);
  return preprocessed(std::move(samples));
}

std::vector<std::int16_t> SoundIntake::finish() {
  std::vector<std::int16_t> rest;
  if (resampler_) rest = resampler_->flush();
  rest = preprocessed(std::move(rest));
  rest.insert(rest.end(), unprocessed_.begin(), unprocessed_.end());
  return rest;
}

std::vector<std::int16_t> SoundIntake::preprocessed(std::vector<std::int16_t> samples) {
  if (!preprocessor_) return samples;
  samples.insert(samples.begin(), unprocessed_.begin(), unprocessed_.end());
  const std::size_t whole = samples.size() / audio::Preprocessor::kFrame * audio::Preprocessor::kFrame;
  for (std::size_t at = 0; at < whole; at += audio::Preprocessor::kFrame) {
    preprocessor_->process(std::span<std::int16_t, audio::Preprocessor::kFrame>(samples.data() + at,
                                                                                audio::Preprocessor::kFrame));
  }
  unprocessed_.assign(samples.begin() + static_cast<std::ptrdiff_t>(whole), samples.end());
  samples.resize(whole);
  return samples;
}

}  // namespace parley::realtime::wyoming
