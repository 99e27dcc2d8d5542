// SPDX-License-Identifier: Apache-2.0
// The arithmetic of a small network on many streams at once. There are two sets of kernels with results
// within 1e-5 of one another: plain C++, and AVX2 with fused multiply-add.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace parley::speech {

// A layer's weights, laid out so that a kernel reads them once and in order: blocks of kBlock outputs, in
// each block one line per input.
class Weights {
 public:
  static constexpr std::size_t kBlock = 32;

  // `outputs` is a multiple of kBlock; a bias for each output.
  Weights(std::size_t inputs, std::size_t outputs, std::vector<float> bias);
  Weights() = default;

  void set(std::size_t output, std::size_t input, float value);

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return bias_.size(); }
  const float* block(std::size_t number) const { return values_.data() + number * inputs_ * kBlock; }
  const float* bias(std::size_t number) const { return bias_.data() + number * kBlock; }

 private:
  std::size_t inputs_ = 0;
  std::vector<float> bias_;
  std::vector<float> values_;
};

// One vector through a layer. Inputs of neighbouring rows may overlap, as those of a convolution do.
struct Row {
  const float* in;  // Weights::inputs() values
  float* out;       // room for Weights::outputs() values
};

// One step of one stream's LSTM cell: `gates` holds input, forget, cell and output gate before their
// non-linearities, `size` values each.
struct CellStep {
  const float* gates;
  float* hidden;
  float* cell;
};

struct Kernels {
  // out = weights * in + bias for every row, then, when asked, no value below 0.
  void (*multiply)(const Weights& weights, std::span<const Row> rows, bool rectify);
  void (*lstm)(std::span<const CellStep> steps, std::size_t size);
};

// Exact to 2e-7; for the one value that leaves the network.
float sigmoid(float x);

const Kernels& portable_kernels();
// Those of this processor, found out when the program runs.
const Kernels& best_kernels();

}  // namespace parley::speech
