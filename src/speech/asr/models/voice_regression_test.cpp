// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/voice_regression.hpp"

#include "speech/asr/config.hpp"
#include "speech/asr/models/alignment.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace parley::speech {
namespace {

class VoiceRegression : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder = std::filesystem::path(AsrConfig{}.model_dir) / "en-us";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the PocketSphinx model is not installed";
    auto read = AcousticModel::read(folder);
    ASSERT_TRUE(read) << to_string(read.error());
    model_ = std::move(*read);
  }

  // What the model itself says: the heaviest Gaussian of each state for four frames, with some noise.
  std::vector<Feature> say(const std::vector<std::size_t>& phones, float shift = 0) const {
    std::mt19937 generator(7);
    std::normal_distribution<float> noise(0, 0.3F);
    std::vector<Feature> frames;
    for (const std::size_t phone : phones) {
      for (std::size_t state = 0; state < kPhoneStates; ++state) {
        for (int frame = 0; frame < 4; ++frame) {
          Feature& feature = frames.emplace_back();
          for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
            const auto weights = model_->weights(phone, state, stream);
            const auto heaviest = std::max_element(weights.begin(), weights.end()) - weights.begin();
            for (std::size_t i = 0; i < kCepstra; ++i) {
              feature[stream][i] =
                  model_->means(phone, stream, i)[static_cast<std::size_t>(heaviest)] +
                  noise(generator) /
                      std::sqrt(model_->precisions(phone, stream, i)[static_cast<std::size_t>(heaviest)]);
            }
          }
          feature[0][1] += shift;
        }
      }
    }
    return frames;
  }

  std::size_t phone(const char* name) const { return model_->phone(name).value(); }

  std::shared_ptr<const AcousticModel> model_;
};

TEST_F(VoiceRegression, FindsWhereTheSoundsAre) {
  const std::vector<std::vector<std::size_t>> words{{phone("S"), phone("IY")}, {phone("M"), phone("AA")}};
  const auto frames = say({phone("S"), phone("IY"), model_->silence(), phone("M"), phone("AA")});
  const auto path = align(*model_, frames, words);
  ASSERT_TRUE(path);
  ASSERT_EQ(path->size(), frames.size());
  std::size_t right = 0;
  const std::vector<std::size_t> said{phone("S"), phone("IY"), model_->silence(), phone("M"), phone("AA")};
  for (std::size_t t = 0; t < frames.size(); ++t) right += (*path)[t].phone == said[t / 12] ? 1 : 0;
  EXPECT_GE(right, frames.size() * 9 / 10);
  EXPECT_EQ(path->back().word, 1U);
}

TEST_F(VoiceRegression, RefusesWhatCannotBeAligned) {
  const auto frames = say({phone("S")});
  EXPECT_FALSE(align(*model_, frames, {}));
  const std::vector<std::vector<std::size_t>> longer(20, {phone("S"), phone("IY")});
  EXPECT_FALSE(align(*model_, frames, longer));
}

TEST_F(VoiceRegression, NothingHeardMovesNothing) {
  const VoiceStatistics nothing(*model_);
  const auto same = nothing.transformed(*model_, 1000);
  nothing.pull(*same, 20);
  for (std::size_t phone = 0; phone < model_->phones(); ++phone) {
    for (std::size_t i = 0; i < kCepstra; ++i) {
      EXPECT_NEAR(same->means(phone, 0, i)[5], model_->means(phone, 0, i)[5], 0.01);
    }
  }
}

TEST_F(VoiceRegression, LearnsHowAVoiceDiffers) {
  std::vector<std::vector<std::size_t>> words;
  std::vector<std::size_t> said;
  for (std::size_t phone = 0; phone < model_->phones(); ++phone) {
    if (!model_->is_speech(phone)) continue;
    said.push_back(phone);
    words.push_back({phone});
  }
  // More than the Gaussians of a phone, which lie close together, can explain among themselves.
  constexpr float kShift = 25;
  const auto frames = say(said, kShift);
  std::vector<AlignedFrame> path;
  for (std::size_t t = 0; t < frames.size(); ++t) path.push_back({t / 12, said[t / 12], t % 12 / 4});
  VoiceStatistics voice(*model_);
  voice.add(*model_, frames, path, std::vector<double>(words.size(), 1));
  EXPECT_NEAR(voice.frames(), static_cast<double>(frames.size()), 1e-6);
  const std::size_t vowel = phone("AA");
  // How far the sounds of a phone move, on average.
  const auto moved = [&](const AcousticModel& model) {
    float sum = 0;
    for (std::size_t g = 0; g < kDensities; ++g) {
      sum += model.means(vowel, 0, 1)[g] - model_->means(vowel, 0, 1)[g];
    }
    return sum / kDensities;
  };
  const auto little = moved(*voice.transformed(*model_, 100'000));
  const auto much = moved(*voice.transformed(*model_, 10));
  EXPECT_GT(little, 0);
  EXPECT_GT(much, 4 * little);
  EXPECT_LT(much, 1.5F * kShift);
  // By themselves only those move that were heard.
  const auto own = std::make_shared<AcousticModel>(*model_);
  voice.pull(*own, 1);
  EXPECT_GT(moved(*own), 0);
  EXPECT_EQ(own->means(model_->silence(), 0, 1)[0], model_->means(model_->silence(), 0, 1)[0]);
}

TEST_F(VoiceRegression, MeansAreWrittenAsTheyAreRead) {
  const auto folder = std::filesystem::temp_directory_path() / ("parley-means-" + std::to_string(::getpid()));
  std::filesystem::copy(std::filesystem::path(AsrConfig{}.model_dir) / "en-us", folder);
  const auto moved = std::make_shared<AcousticModel>(*model_);
  moved->means(3, 1, 2)[7] += 1;
  std::ofstream(folder / "means", std::ios::binary) << moved->means_file();
  const auto read = AcousticModel::read(folder);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(read) << to_string(read.error());
  for (std::size_t phone = 0; phone < model_->phones(); ++phone) {
    for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
      for (std::size_t i = 0; i < kCepstra; ++i) {
        const auto expected = std::as_const(*moved).means(phone, stream, i);
        const auto got = (*read)->means(phone, stream, i);
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), got.begin()));
      }
    }
  }
}

TEST(AcousticModel, SaysWhenItIsMissingOrAnother) {
  EXPECT_EQ(AcousticModel::read("/nowhere").error().code, runtime::ErrorCode::kModelRequired);
}

TEST(Features, AreSlopesOfTheCepstra) {
  std::vector<Cepstrum> cepstra(10);
  for (std::size_t t = 0; t < cepstra.size(); ++t) cepstra[t].fill(static_cast<float>(t * t));
  const auto features = features_of(cepstra);
  EXPECT_FLOAT_EQ(features[5][0][3], 25);
  EXPECT_FLOAT_EQ(features[5][1][3], 49 - 9);
  EXPECT_FLOAT_EQ(features[5][2][3], (64 - 16) - (36 - 4));
}

}  // namespace
}  // namespace parley::speech
