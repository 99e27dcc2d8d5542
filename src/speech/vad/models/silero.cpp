// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/models/silero.hpp"

#include "inference/onnx_weights.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace parley::speech {

using inference::OnnxWeights;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

// What the exported graph calls its part for 16 kHz.
constexpr const char* kPart = "If_0_then_branch__Inline_0__";

constexpr std::size_t kFrames = 4;
constexpr std::size_t kFrame = 256;
constexpr std::size_t kHop = 128;
constexpr std::size_t kBins = 129;
constexpr std::size_t kMirrored = 64;
constexpr std::size_t kInput = SileroState::kContext + Silero::kWindow + kMirrored;
static_assert((kInput - kFrame) / kHop + 1 == kFrames);

constexpr std::size_t kTaps = 3;
constexpr std::size_t kWidth1 = 128;
constexpr std::size_t kWidth2 = 64;
constexpr std::size_t kWidth3 = 64;
constexpr std::size_t kWidth4 = 128;
constexpr std::size_t kHidden = SileroState::kHidden;

// Reads tensors until one is not as it should be, and then remembers why.
class Reader {
 public:
  explicit Reader(const OnnxWeights& file) : file_(file) {}

  std::vector<float> read(const std::string& name, const std::vector<std::size_t>& shape) {
    auto values = file_.floats(kPart + name, shape);
    if (values) return std::move(*values);
    if (!error_) error_ = values.error();
    std::size_t size = 1;
    for (const std::size_t dimension : shape) size *= dimension;
    return std::vector<float>(size);
  }

  // A convolution as a layer over the channels of `taps` neighbouring frames, from tap `first` on.
  Weights convolution(const std::string& name, std::size_t inputs, std::size_t outputs, std::size_t first,
                      std::size_t taps) {
    const auto values = read(name + ".weight", {outputs, inputs, kTaps});
    Weights weights(taps * inputs, outputs, read(name + ".bias", {outputs}));
    for (std::size_t out = 0; out < outputs; ++out) {
      for (std::size_t in = 0; in < inputs; ++in) {
        for (std::size_t tap = 0; tap < taps; ++tap) {
          weights.set(out, tap * inputs + in, values[(out * inputs + in) * kTaps + first + tap]);
        }
      }
    }
    return weights;
  }

  // Real parts of all bins, then imaginary parts of those between the first and the last, whose own are zero.
  Weights spectrum() {
    const auto values = read("stft.forward_basis_buffer", {2 * kBins, 1, kFrame});
    const auto row = [&](std::size_t number) { return values.data() + number * kFrame; };
    for (const std::size_t empty : {kBins, 2 * kBins - 1}) {
      if (std::any_of(row(empty), row(empty) + kFrame, [](float value) { return value != 0; }) && !error_) {
        error_ = Error{ErrorCode::kUnsupportedMedia, "the model file holds another network"};
      }
    }
    Weights weights(kFrame, 2 * kBins - 2, {});
    for (std::size_t out = 0; out < 2 * kBins - 2; ++out) {
      const float* from = row(out < kBins ? out : out + 1);
      for (std::size_t in = 0; in < kFrame; ++in) weights.set(out, in, from[in]);
    }
    return weights;
  }

  // Input and recurrent weights as one layer over both.
  Weights cell() {
    const auto from_input = read("decoder.rnn.weight_ih", {4 * kHidden, kWidth4});
    const auto from_hidden = read("decoder.rnn.weight_hh", {4 * kHidden, kHidden});
    auto bias = read("decoder.rnn.bias_ih", {4 * kHidden});
    const auto more = read("decoder.rnn.bias_hh", {4 * kHidden});
    for (std::size_t i = 0; i < bias.size(); ++i) bias[i] += more[i];
    Weights weights(kWidth4 + kHidden, 4 * kHidden, std::move(bias));
    for (std::size_t out = 0; out < 4 * kHidden; ++out) {
      for (std::size_t in = 0; in < kWidth4; ++in) weights.set(out, in, from_input[out * kWidth4 + in]);
      for (std::size_t in = 0; in < kHidden; ++in) {
        weights.set(out, kWidth4 + in, from_hidden[out * kHidden + in]);
      }
    }
    return weights;
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  const OnnxWeights& file_;
  std::optional<Error> error_;
};

// What one stream needs while its window is evaluated. Frames are one after the other, so that the frames
// under a convolution are one row; the frames of zeros around them are its padding.
struct Work {
  float input[kInput];
  float spectrum[kFrames][2 * kBins - 2];
  float magnitudes[kFrames + 2][kBins];
  float first[kFrames + 1][kWidth1];  // padding before; with stride 2 none after is reached
  float second[2][kWidth2];
  float third[kWidth3];
  float cell_input[kWidth4 + kHidden];
  float gates[4 * kHidden];
};

void prepare(Work& work, const SileroState& state, std::span<const float, Silero::kWindow> samples) {
  float* const end = std::copy(samples.begin(), samples.end(),
                               std::copy(state.context.begin(), state.context.end(), work.input));
  for (std::size_t i = 0; i < kMirrored; ++i) end[i] = *(end - 2 - i);
  std::fill_n(work.magnitudes[0], kBins, 0.0F);
  std::fill_n(work.magnitudes[kFrames + 1], kBins, 0.0F);
  std::fill_n(work.first[0], kWidth1, 0.0F);
  std::copy(state.hidden.begin(), state.hidden.end(), work.cell_input + kWidth4);
}

void take_magnitudes(Work& work) {
  for (std::size_t frame = 0; frame < kFrames; ++frame) {
    const float* const real = work.spectrum[frame];
    const float* const imaginary = real + kBins - 1;  // of bin 1 at index 1
    float* const out = work.magnitudes[frame + 1];
    out[0] = std::abs(real[0]);
    for (std::size_t bin = 1; bin + 1 < kBins; ++bin) {
      out[bin] = std::sqrt(real[bin] * real[bin] + imaginary[bin] * imaginary[bin]);
    }
    out[kBins - 1] = std::abs(real[kBins - 1]);
  }
}

}  // namespace

Result<std::shared_ptr<const Silero>> Silero::load(const std::filesystem::path& file,
                                                   const Kernels& kernels) {
  const auto read = OnnxWeights::read(file, kMaxFile);
  if (!read) return read.error();
  return make(*read, kernels);
}

Result<std::shared_ptr<const Silero>> Silero::make(const OnnxWeights& file, const Kernels& kernels) {
  std::shared_ptr<Silero> network(new Silero(kernels));
  Reader reader(file);
  network->spectrum_ = reader.spectrum();
  network->conv1_ = reader.convolution("encoder.0.reparam_conv", kBins, kWidth1, 0, kTaps);
  network->conv2_ = reader.convolution("encoder.1.reparam_conv", kWidth1, kWidth2, 0, kTaps);
  // Of the taps of these two, one and two see padding only.
  network->conv3_ = reader.convolution("encoder.2.reparam_conv", kWidth2, kWidth3, 1, 2);
  network->conv4_ = reader.convolution("encoder.3.reparam_conv", kWidth3, kWidth4, 1, 1);
  network->cell_ = reader.cell();
  network->last_ = reader.read("decoder.decoder.2.weight", {1, kHidden, 1});
  network->last_bias_ = reader.read("decoder.decoder.2.bias", {1}).front();
  if (reader.error()) return *reader.error();
  return std::shared_ptr<const Silero>(std::move(network));
}

void Silero::evaluate(std::span<Step> steps) const {
  while (!steps.empty()) {
    const std::size_t count = std::min(kTogether, steps.size());
    evaluate_together(steps.first(count));
    steps = steps.subspan(count);
  }
}

void Silero::evaluate_together(std::span<Step> steps) const {
  Work works[kTogether];
  Row rows[kTogether * kFrames];
  CellStep cells[kTogether];
  const auto layer = [&](const Weights& weights, std::size_t each, bool rectify, auto&& row) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      for (std::size_t frame = 0; frame < each; ++frame) rows[i * each + frame] = row(works[i], frame);
    }
    kernels_.multiply(weights, std::span<const Row>(rows, steps.size() * each), rectify);
  };

  for (std::size_t i = 0; i < steps.size(); ++i) prepare(works[i], *steps[i].state, steps[i].samples);
  layer(spectrum_, kFrames, false,
        [](Work& work, std::size_t frame) { return Row{work.input + frame * kHop, work.spectrum[frame]}; });
  for (std::size_t i = 0; i < steps.size(); ++i) take_magnitudes(works[i]);
  layer(conv1_, kFrames, true,
        [](Work& work, std::size_t frame) { return Row{work.magnitudes[frame], work.first[frame + 1]}; });
  layer(conv2_, 2, true,
        [](Work& work, std::size_t frame) { return Row{work.first[2 * frame], work.second[frame]}; });
  layer(conv3_, 1, true, [](Work& work, std::size_t) { return Row{work.second[0], work.third}; });
  layer(conv4_, 1, true, [](Work& work, std::size_t) { return Row{work.third, work.cell_input}; });
  layer(cell_, 1, false, [](Work& work, std::size_t) { return Row{work.cell_input, work.gates}; });
  for (std::size_t i = 0; i < steps.size(); ++i) {
    cells[i] = {works[i].gates, steps[i].state->hidden.data(), steps[i].state->cell.data()};
  }
  kernels_.lstm(std::span<const CellStep>(cells, steps.size()), kHidden);
  for (Step& step : steps) {
    float sum = last_bias_;
    for (std::size_t i = 0; i < kHidden; ++i) sum += std::max(step.state->hidden[i], 0.0F) * last_[i];
    step.probability = sigmoid(sum);
    std::copy(step.samples.end() - SileroState::kContext, step.samples.end(), step.state->context.begin());
  }
}

}  // namespace parley::speech
