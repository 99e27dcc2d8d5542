// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/models/silero.hpp"

#include "audio/speech_reader.hpp"
#include "inference/onnx_weights.hpp"
#include "inference/testing/onnx_file.hpp"
#include "runtime/testing/shared_data.hpp"
#include "speech/testing/voices.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using namespace testing;

constexpr const char* kNoModel = "no shared test data beside the checkout";

struct Tensor {
  std::string name;
  std::vector<std::size_t> shape;
};

std::vector<Tensor> tensors() {
  return {{"stft.forward_basis_buffer", {258, 1, 256}},
          {"encoder.0.reparam_conv.weight", {128, 129, 3}},
          {"encoder.0.reparam_conv.bias", {128}},
          {"encoder.1.reparam_conv.weight", {64, 128, 3}},
          {"encoder.1.reparam_conv.bias", {64}},
          {"encoder.2.reparam_conv.weight", {64, 64, 3}},
          {"encoder.2.reparam_conv.bias", {64}},
          {"encoder.3.reparam_conv.weight", {128, 64, 3}},
          {"encoder.3.reparam_conv.bias", {128}},
          {"decoder.rnn.weight_ih", {512, 128}},
          {"decoder.rnn.weight_hh", {512, 128}},
          {"decoder.rnn.bias_ih", {512}},
          {"decoder.rnn.bias_hh", {512}},
          {"decoder.decoder.2.weight", {1, 128, 1}},
          {"decoder.decoder.2.bias", {1}}};
}

// A file with these tensors and small random values; the rows of the spectrum that must be zero are.
std::string file_of(const std::vector<Tensor>& list) {
  std::uint32_t state = 7;
  const auto random = [&state] {
    state = state * 1664525U + 1013904223U;
    return static_cast<float>(state >> 8U) / 16777216.0F * 0.28F - 0.14F;
  };
  std::string graph;
  for (const Tensor& tensor : list) {
    std::size_t size = 1;
    for (const std::size_t dimension : tensor.shape) size *= dimension;
    std::vector<float> values(size);
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t row = i / 256;
      const bool empty = tensor.name == "stft.forward_basis_buffer" && (row == 129 || row == 257);
      if (!empty) values[i] = random();
    }
    graph += inference::testing::constant("If_0_then_branch__Inline_0__" + tensor.name,
                                          inference::testing::tensor(tensor.name, tensor.shape, values));
  }
  return inference::testing::model(inference::testing::branch(graph));
}

runtime::Result<std::shared_ptr<const Silero>> network_of(const std::vector<Tensor>& list,
                                                          const Kernels& kernels = best_kernels()) {
  const auto file = inference::OnnxWeights::parse(file_of(list));
  if (!file) return file.error();
  return Silero::make(*file, kernels);
}

std::vector<float> to_float(const Samples& samples) {
  std::vector<float> values(samples.begin(), samples.end());
  for (float& value : values) value /= 32768;
  return values;
}

std::span<const float, Silero::kWindow> window(const std::vector<float>& values, std::size_t number) {
  return std::span<const float, Silero::kWindow>(values.data() + number * Silero::kWindow, Silero::kWindow);
}

std::vector<float> probabilities(const Silero& network, const Samples& samples) {
  const auto values = to_float(samples);
  SileroState state;
  std::vector<float> found;
  for (std::size_t i = 0; i < values.size() / Silero::kWindow; ++i) {
    Silero::Step steps[] = {{&state, window(values, i)}};
    network.evaluate(steps);
    found.push_back(steps[0].probability);
  }
  return found;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return largest;
}

double mean(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

TEST(Silero, TakesThePublishedTensorsOnly) {
  EXPECT_TRUE(network_of(tensors()));
  for (std::size_t i = 0; i < tensors().size(); ++i) {
    auto missing = tensors();
    missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(network_of(missing).error().code, runtime::ErrorCode::kUnsupportedMedia);
    auto reshaped = tensors();
    reshaped[i].shape.back() += 1;
    EXPECT_EQ(network_of(reshaped).error().code, runtime::ErrorCode::kUnsupportedMedia);
  }
}

TEST(Silero, GivesTheSameWithEveryKernel) {
  const auto sound = joined({white_noise(1, -30), voice(2, -20), silence(1)});
  const auto fast = network_of(tensors(), best_kernels());
  const auto plain = network_of(tensors(), portable_kernels());
  ASSERT_TRUE(fast && plain);
  const auto found = probabilities(**fast, sound);
  EXPECT_LT(largest_difference(found, probabilities(**plain, sound)), 1e-5);
  EXPECT_GT(*std::max_element(found.begin(), found.end()) - *std::min_element(found.begin(), found.end()),
            1e-3);
}

TEST(Silero, GivesEachStreamOfABatchWhatItGetsAlone) {
  const auto network = network_of(tensors());
  ASSERT_TRUE(network);
  // More streams than go together, each with a sound and a beginning of its own.
  constexpr std::size_t kStreams = 2 * Silero::kTogether + 1;
  constexpr std::size_t kWindows = 12;
  std::vector<std::vector<float>> sounds;
  std::vector<std::vector<float>> alone;
  for (std::size_t i = 0; i < kStreams; ++i) {
    const auto sound = joined({white_noise(0.05 * static_cast<double>(i + 1), -25), voice(1, -22)});
    sounds.push_back(to_float(sound));
    alone.push_back(probabilities(**network, sound));
  }
  std::vector<SileroState> states(kStreams);
  for (std::size_t w = 0; w < kWindows; ++w) {
    std::vector<Silero::Step> steps;
    for (std::size_t i = 0; i < kStreams; ++i) steps.push_back({&states[i], window(sounds[i], w)});
    (*network)->evaluate(steps);
    for (std::size_t i = 0; i < kStreams; ++i) EXPECT_NEAR(steps[i].probability, alone[i][w], 1e-6);
  }
}

TEST(Silero, SaysWhichFileCannotBeRead) {
  EXPECT_EQ(Silero::load("/nonexistent/model").error().code, runtime::ErrorCode::kNotFound);
  const auto path = std::filesystem::path(::testing::TempDir()) / "parley_silero_test";
  std::ofstream(path, std::ios::binary) << file_of(tensors()).substr(0, 900'000);
  EXPECT_EQ(Silero::load(path).error().message, "the model file is cut short");
  std::ofstream(path, std::ios::binary | std::ios::trunc) << std::string(2000, '\xff');
  EXPECT_EQ(Silero::load(path).error().message, "the file does not hold an ONNX model");
  std::filesystem::remove(path);
}

TEST(Silero, HearsASpeakerAndNotARoom) {
  const auto file = parley::testing::shared_data("models/silero-vad/silero_vad.onnx");
  if (!file) GTEST_SKIP() << kNoModel;
  const auto network = Silero::load(*file);
  ASSERT_TRUE(network) << to_string(network.error());
  const auto recording = parley::testing::shared_data("speech-recognition/whisper-cpp/jfk.wav");
  if (!recording) GTEST_SKIP() << kNoModel;
  auto reader = audio::SpeechReader::open(*recording);
  ASSERT_TRUE(reader);
  const auto speech = audio::read_speech(std::move(*reader), std::chrono::minutes(1));
  ASSERT_TRUE(speech);
  EXPECT_GT(mean(probabilities(**network, speech->samples)), 0.6);
  EXPECT_LT(mean(probabilities(**network, silence(2))), 0.1);
  EXPECT_LT(mean(probabilities(**network, white_noise(2, -40))), 0.1);
}

TEST(Silero, GivesTheSameWithEveryKernelAndThePublishedWeights) {
  const auto file = parley::testing::shared_data("models/silero-vad/silero_vad.onnx");
  if (!file) GTEST_SKIP() << kNoModel;
  const auto fast = Silero::load(*file, best_kernels());
  const auto plain = Silero::load(*file, portable_kernels());
  ASSERT_TRUE(fast && plain);
  const auto sound = joined({white_noise(0.5, -40), voice(4, -24), silence(0.5), voice(2, -35)});
  EXPECT_LT(largest_difference(probabilities(**fast, sound), probabilities(**plain, sound)), 1e-5);
}

}  // namespace
}  // namespace parley::speech
