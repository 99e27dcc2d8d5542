// SPDX-License-Identifier: Apache-2.0
#include "audio/resampler.hpp"

#include "audio/ffmpeg.hpp"
#include "audio/level.hpp"
#include "audio/reader.hpp"

#include <utility>

#include <soxr.h>

namespace parley::audio {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<> check(PcmFormat from, int to_rate) {
  const bool possible = check_format(from.rate, from.channels) && check_format(to_rate, 1);
  if (!possible) return Error{ErrorCode::kBadRequest, "the audio cannot be converted between these rates"};
  return {};
}

Error no_memory() { return Error{ErrorCode::kInternalError, "the resampler could not be set up"}; }

struct FreeSwr {
  void operator()(SwrContext* context) const { swr_free(&context); }
};
struct FreeSoxr {
  void operator()(soxr* context) const { soxr_delete(context); }
};

}  // namespace

struct LiveResampler::State {
  PcmFormat from;
  int to_rate = 0;
  std::unique_ptr<SwrContext, FreeSwr> context;  // none when the rates agree

  std::vector<std::int16_t> convert(const std::int16_t* samples, int count) const {
    const int room = swr_get_out_samples(context.get(), count);
    std::vector<std::int16_t> out(static_cast<std::size_t>(room > 0 ? room : 0));
    auto* into = reinterpret_cast<std::uint8_t*>(out.data());
    const auto* in = reinterpret_cast<const std::uint8_t*>(samples);
    const int made =
        swr_convert(context.get(), &into, static_cast<int>(out.size()), samples ? &in : nullptr, count);
    out.resize(static_cast<std::size_t>(made > 0 ? made : 0));
    return out;
  }
};

Result<LiveResampler> LiveResampler::create(PcmFormat from, int to_rate) {
  const auto possible = check(from, to_rate);
  if (!possible) return possible.error();
  auto state = std::make_unique<State>();
  state->from = from;
  state->to_rate = to_rate;
  if (from.rate != to_rate) {
    const auto loaded = load_converter();
    if (!loaded) return loaded.error();
    AVChannelLayout mono{};
    av_channel_layout_default(&mono, 1);
    SwrContext* context = nullptr;
    const int made = swr_alloc_set_opts2(&context, &mono, AV_SAMPLE_FMT_S16, to_rate, &mono,
                                         AV_SAMPLE_FMT_S16, from.rate, 0, nullptr);
    state->context.reset(context);
    if (made < 0) return no_memory();
    // The filter for 16-bit samples is audibly coarser, and hardly faster.
    av_opt_set_sample_fmt(context, "internal_sample_fmt", AV_SAMPLE_FMT_FLTP, 0);
    if (swr_init(context) < 0) return no_memory();
  }
  return LiveResampler(std::move(state));
}

std::vector<std::int16_t> LiveResampler::process(std::span<const std::int16_t> samples) {
  std::vector<std::int16_t> mono = mix_to_mono(samples, state_->from.channels);
  if (!state_->context || mono.empty()) return mono;
  return state_->convert(mono.data(), static_cast<int>(mono.size()));
}

std::vector<std::int16_t> LiveResampler::flush() {
  if (!state_->context) return {};
  return state_->convert(nullptr, 0);
}

LiveResampler::LiveResampler(std::unique_ptr<State> state) : state_(std::move(state)) {}
LiveResampler::~LiveResampler() = default;
LiveResampler::LiveResampler(LiveResampler&&) noexcept = default;
LiveResampler& LiveResampler::operator=(LiveResampler&&) noexcept = default;

struct FileResampler::State {
  PcmFormat from;
  int to_rate = 0;
  std::unique_ptr<soxr, FreeSoxr> context;  // none when the rates agree

  std::vector<std::int16_t> convert(const std::int16_t* samples, std::size_t count) const {
    constexpr std::size_t kFlushBlock = 65536;
    const auto expected = static_cast<std::size_t>(static_cast<double>(count) * to_rate / from.rate);
    std::vector<std::int16_t> out(samples ? expected + 16 : kFlushBlock);
    std::size_t filled = 0;
    while (true) {
      std::size_t taken = 0;
      std::size_t made = 0;
      soxr_process(context.get(), samples, count, &taken, out.data() + filled, out.size() - filled, &made);
      filled += made;
      if (samples) {
        samples += taken;
        count -= taken;
      }
      const bool full = filled == out.size();
      if (!full && count == 0) break;
      if (made == 0 && taken == 0) break;
      if (full) out.resize(out.size() + kFlushBlock);
    }
    out.resize(filled);
    return out;
  }
};

Result<FileResampler> FileResampler::create(PcmFormat from, int to_rate) {
  const auto possible = check(from, to_rate);
  if (!possible) return possible.error();
  auto state = std::make_unique<State>();
  state->from = from;
  state->to_rate = to_rate;
  if (from.rate != to_rate) {
    soxr_io_spec_t io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
    io.flags |= SOXR_NO_DITHER;  // its seed is the time: the same file would never give the same samples
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    soxr_error_t failed = nullptr;
    state->context.reset(soxr_create(from.rate, to_rate, 1, &failed, &io, &quality, nullptr));
    if (failed != nullptr) return no_memory();
  }
  return FileResampler(std::move(state));
}

std::vector<std::int16_t> FileResampler::process(std::span<const std::int16_t> samples) {
  std::vector<std::int16_t> mono = mix_to_mono(samples, state_->from.channels);
  if (!state_->context || mono.empty()) return mono;
  return state_->convert(mono.data(), mono.size());
}

std::vector<std::int16_t> FileResampler::flush() {
  if (!state_->context) return {};
  return state_->convert(nullptr, 0);
}

FileResampler::FileResampler(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileResampler::~FileResampler() = default;
FileResampler::FileResampler(FileResampler&&) noexcept = default;
FileResampler& FileResampler::operator=(FileResampler&&) noexcept = default;

}  // namespace parley::audio
