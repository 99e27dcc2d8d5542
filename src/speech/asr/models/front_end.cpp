// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/front_end.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <pocketsphinx.h>
#include <sphinxbase/fe.h>

namespace parley::speech {

namespace {

constexpr std::size_t kBlock = 64;

}  // namespace

struct FrontEnd::Handle {
  ~Handle() {
    if (front_end != nullptr) fe_free(front_end);
    if (config != nullptr) cmd_ln_free_r(config);
  }
  cmd_ln_t* config = nullptr;
  fe_t* front_end = nullptr;
};

FrontEnd::FrontEnd(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}

FrontEnd::~FrontEnd() = default;

runtime::Result<std::unique_ptr<FrontEnd>> FrontEnd::open(const std::filesystem::path& acoustic_model) {
  const runtime::Error missing{runtime::ErrorCode::kModelRequired,
                               "the speech recognition model lacks its feat.params", "asr.model_dir"};
  const std::string parameters = acoustic_model / "feat.params";
  std::error_code ignored;
  if (!std::filesystem::exists(parameters, ignored)) return missing;
  auto handle = std::make_unique<Handle>();
  // Voice activity is ours; dropped frames would shift the word times.
  handle->config = cmd_ln_init(nullptr, ps_args(), FALSE, "-remove_silence", "no", nullptr);
  if (handle->config == nullptr) return missing;
  if (cmd_ln_parse_file_r(handle->config, ps_args(), parameters.c_str(), FALSE) == nullptr) return missing;
  handle->front_end = fe_init_auto_r(handle->config);
  if (handle->front_end == nullptr) return missing;
  return std::unique_ptr<FrontEnd>(new FrontEnd(std::move(handle)));
}

void FrontEnd::begin(double warp) {
  warp = std::clamp(warp, kLeastWarp, kMostWarp);
  if (warp != warp_) {
    const auto parameter = fmt::format("{:.4f}", warp);
    cmd_ln_set_str_r(handle_->config, "-warp_type", "inverse_linear");
    cmd_ln_set_str_r(handle_->config, "-warp_params", warp == 1 ? nullptr : parameter.c_str());
    // The one that there is stays when the library has no room for another.
    if (fe_t* warped = fe_init_auto_r(handle_->config)) {
      fe_free(std::exchange(handle_->front_end, warped));
      warp_ = warp;
    }
  }
  fe_start_stream(handle_->front_end);
  fe_start_utt(handle_->front_end);
}

void FrontEnd::cepstra(std::span<const std::int16_t> samples, std::vector<Cepstrum>& out) {
  std::array<Cepstrum, kBlock> block;
  std::array<mfcc_t*, kBlock> rows;
  for (std::size_t i = 0; i < kBlock; ++i) rows[i] = block[i].data();
  const int16* next = samples.data();
  std::size_t left = samples.size();
  while (left > 0) {
    const std::size_t before = left;
    int32 frames = kBlock;
    int32 index = 0;
    fe_process_frames(handle_->front_end, &next, &left, rows.data(), &frames, &index);
    out.insert(out.end(), block.begin(), block.begin() + frames);
    if (left == before && frames == 0) break;
  }
}

void FrontEnd::last_cepstrum(std::vector<Cepstrum>& out) {
  Cepstrum last{};
  int32 frames = 0;
  fe_end_utt(handle_->front_end, last.data(), &frames);
  if (frames > 0) out.push_back(last);
}

std::vector<Cepstrum> normalised_cepstra(FrontEnd& front_end, std::span<const std::int16_t> samples,
                                         double warp, Cepstrum& mean) {
  std::vector<Cepstrum> frames;
  front_end.begin(warp);
  front_end.cepstra(samples, frames);
  front_end.last_cepstrum(frames);
  mean = {};
  if (frames.empty()) return frames;
  std::array<double, kCepstra> sum{};
  for (const Cepstrum& frame : frames) {
    for (std::size_t i = 0; i < kCepstra; ++i) sum[i] += frame[i];
  }
  for (std::size_t i = 0; i < kCepstra; ++i) {
    mean[i] = static_cast<float>(sum[i] / static_cast<double>(frames.size()));
  }
  for (Cepstrum& frame : frames) {
    for (std::size_t i = 0; i < kCepstra; ++i) frame[i] -= mean[i];
  }
  return frames;
}

}  // namespace parley::speech
