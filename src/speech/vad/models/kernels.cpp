// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/models/kernels.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define PARLEY_AVX2 __attribute__((target("avx2,fma")))
#endif
#define PARLEY_INLINE inline __attribute__((always_inline))

namespace parley::speech {

namespace {

constexpr std::size_t kBlock = Weights::kBlock;

// The exponential without branches or calls, so that loops over it become vector instructions: x = n ln 2 + r
// and the polynomial of S. L. Moshier's Cephes library for r.
PARLEY_INLINE float exponential(float x) {
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it leaves the nearest whole number
  x = std::min(std::max(x, -87.0F), 87.0F);
  const float n = (x * 1.44269504F + kRound) - kRound;
  const float r = (x - n * 0.693359375F) - n * -2.12194440e-4F;
  float y = 1.9875691500e-4F;
  y = y * r + 1.3981999507e-3F;
  y = y * r + 8.3334519073e-3F;
  y = y * r + 4.1665795894e-2F;
  y = y * r + 1.6666665459e-1F;
  y = y * r + 5.0000001201e-1F;
  y = y * r * r + r + 1.0F;
  const auto power = std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
  return y * power;
}

PARLEY_INLINE float logistic(float x) { return 1.0F / (1.0F + exponential(-x)); }
PARLEY_INLINE float hyperbolic_tangent(float x) { return 2.0F * logistic(2.0F * x) - 1.0F; }

PARLEY_INLINE void lstm_steps(std::span<const CellStep> steps, std::size_t size) {
  for (const CellStep& step : steps) {
    const float* __restrict gates = step.gates;
    float* __restrict hidden = step.hidden;
    float* __restrict cell = step.cell;
    for (std::size_t i = 0; i < size; ++i) {
      const float kept = logistic(gates[size + i]) * cell[i];
      const float added = logistic(gates[i]) * hyperbolic_tangent(gates[2 * size + i]);
      cell[i] = kept + added;
      hidden[i] = logistic(gates[3 * size + i]) * hyperbolic_tangent(cell[i]);
    }
  }
}

void multiply_portable(const Weights& weights, std::span<const Row> rows, bool rectify) {
  for (std::size_t block = 0; block * kBlock < weights.outputs(); ++block) {
    const float* const bias = weights.bias(block);
    for (const Row& row : rows) {
      float sums[kBlock];
      std::copy(bias, bias + kBlock, sums);
      const float* __restrict line = weights.block(block);
      for (std::size_t k = 0; k < weights.inputs(); ++k, line += kBlock) {
        const float in = row.in[k];
        for (std::size_t i = 0; i < kBlock; ++i) sums[i] += in * line[i];
      }
      float* const out = row.out + block * kBlock;
      for (std::size_t i = 0; i < kBlock; ++i) out[i] = rectify ? std::max(sums[i], 0.0F) : sums[i];
    }
  }
}

void lstm_portable(std::span<const CellStep> steps, std::size_t size) { lstm_steps(steps, size); }

constexpr Kernels kPortable{multiply_portable, lstm_portable};

#ifdef PARLEY_AVX2

// One block of outputs for kRows rows: each line of weights is loaded once for all of them. Three rows fill
// the sixteen registers.
template <int kRows>
PARLEY_AVX2 void multiply_block(const Weights& weights, std::size_t block, const Row* rows, bool rectify) {
  constexpr int kVectors = kBlock / 8;
  __m256 sums[kRows][kVectors];
  for (int v = 0; v < kVectors; ++v) {
    const __m256 bias = _mm256_loadu_ps(weights.bias(block) + v * 8);
    for (int r = 0; r < kRows; ++r) sums[r][v] = bias;
  }
  const float* line = weights.block(block);
  for (std::size_t k = 0; k < weights.inputs(); ++k, line += kBlock) {
    __m256 in[kRows];
    for (int r = 0; r < kRows; ++r) in[r] = _mm256_broadcast_ss(rows[r].in + k);
    for (int v = 0; v < kVectors; ++v) {
      const __m256 weight = _mm256_loadu_ps(line + v * 8);
      for (int r = 0; r < kRows; ++r) sums[r][v] = _mm256_fmadd_ps(in[r], weight, sums[r][v]);
    }
  }
  const __m256 zero = _mm256_setzero_ps();
  for (int r = 0; r < kRows; ++r) {
    float* const out = rows[r].out + block * kBlock;
    for (int v = 0; v < kVectors; ++v) {
      _mm256_storeu_ps(out + v * 8, rectify ? _mm256_max_ps(sums[r][v], zero) : sums[r][v]);
    }
  }
}

PARLEY_AVX2 void multiply_avx2(const Weights& weights, std::span<const Row> rows, bool rectify) {
  for (std::size_t block = 0; block * kBlock < weights.outputs(); ++block) {
    const Row* row = rows.data();
    std::size_t left = rows.size();
    // Four are two and two: a single row waits for its own sums.
    while (left > 4 || left == 3) {
      multiply_block<3>(weights, block, row, rectify);
      row += 3;
      left -= 3;
    }
    while (left >= 2) {
      multiply_block<2>(weights, block, row, rectify);
      row += 2;
      left -= 2;
    }
    if (left == 1) multiply_block<1>(weights, block, row, rectify);
  }
}

PARLEY_AVX2 void lstm_avx2(std::span<const CellStep> steps, std::size_t size) { lstm_steps(steps, size); }

constexpr Kernels kAvx2{multiply_avx2, lstm_avx2};

#endif

}  // namespace

Weights::Weights(std::size_t inputs, std::size_t outputs, std::vector<float> bias)
    : inputs_(inputs), bias_(std::move(bias)), values_(inputs * outputs) {
  bias_.resize(outputs);
}

void Weights::set(std::size_t output, std::size_t input, float value) {
  values_[(output / kBlock * inputs_ + input) * kBlock + output % kBlock] = value;
}

float sigmoid(float x) { return logistic(x); }

const Kernels& portable_kernels() { return kPortable; }

const Kernels& best_kernels() {
#ifdef PARLEY_AVX2
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return kAvx2;
#endif
  return kPortable;
}

}  // namespace parley::speech
