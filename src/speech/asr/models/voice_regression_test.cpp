// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/voice_regression.hpp"

#include "speech/asr/config.hpp"
#include "speech/asr/models/alignment.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

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

TEST_F(VoiceRegression, ASpeakerLikeTheModelMovesNothing) {
  const auto prior = VoiceStatistics::of_model(*model_, 1000);
  const auto transform = VoiceStatistics{}.transform(prior);
  const auto same = VoiceTransform::identity();
  for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
    for (std::size_t i = 0; i < kCepstra; ++i) {
      for (std::size_t k = 0; k < kRegressors; ++k) {
        EXPECT_NEAR(transform.rows[stream][i][k], same.rows[stream][i][k], 1e-3);
      }
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
  VoiceStatistics voice;
  voice.add(*model_, frames, path, std::vector<double>(words.size(), 1));
  EXPECT_NEAR(voice.frames(), static_cast<double>(frames.size()), 1e-6);
  // How far a sound in the middle moves.
  const auto moved = [](const VoiceTransform& transform) { return transform.rows[0][1][kCepstra]; };
  const auto little = moved(voice.transform(VoiceStatistics::of_model(*model_, 100'000)));
  const auto much = moved(voice.transform(VoiceStatistics::of_model(*model_, 10)));
  EXPECT_GT(little, 0);
  EXPECT_GT(much, 4 * little);
  EXPECT_LT(much, 1.5F * kShift);
  voice.fade(0);
  EXPECT_NEAR(moved(voice.transform(VoiceStatistics::of_model(*model_, 100))), 0, 0.01);
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
