// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/sherpa_voice.hpp"

#include "inference/testing/models.hpp"
#include "speech/module.hpp"
#include "speech/testing/digits.hpp"
#include "speech/testing/spoken.hpp"

#include <filesystem>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

namespace fs = std::filesystem;
using inference::testing::Folder;
using runtime::ErrorCode;

class SherpaVoiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(testing::sherpa_onnx_library())) {
      GTEST_SKIP() << "sherpa-onnx is not installed: tools/npm_ci.sh tests/models";
    }
    auto made = make_synthesizer({}, pool_, runtime::Log::none(), std::nullopt, models());
    ASSERT_TRUE(made) << to_string(made.error());
    synthesizer_ = std::move(*made);
  }

  void put() {
    fs::copy(testing::digits_folder() / "voice", store_.path() / "digits", fs::copy_options::recursive);
  }

  NeuralModels models() const {
    NeuralModels models;
    models.library = testing::sherpa_onnx_library();
    models.present = [folder = store_.path() / "digits"] {
      if (!fs::exists(folder)) return std::vector<NeuralModel>{};
      return std::vector<NeuralModel>{{"digits", folder, {"en"}}};
    };
    return models;
  }

  testing::Spoken say(const std::string& text, const SynthesizeOptions& options = {}) {
    return testing::finish(io_, synthesizer_->synthesize({}, text, options));
  }

  Folder store_;
  runtime::IoThreads io_{1};
  runtime::ComputePool pool_{runtime::ComputePool::Options{}};
  std::shared_ptr<Synthesizer> synthesizer_;
};

TEST_F(SherpaVoiceTest, SpeaksWithWordsInTheirPlaces) {
  put();
  EXPECT_EQ(synthesizer_->info().name, "sherpa-onnx digits");
  EXPECT_EQ(synthesizer_->default_voice(), "neural:digits");
  const auto spoken = say("4, 72 one");
  ASSERT_FALSE(spoken.error) << to_string(*spoken.error);
  EXPECT_EQ(spoken.format.rate, 16000);
  EXPECT_EQ(testing::texts(spoken.words), (std::vector<std::string>{"4,", "72", "one"}));
  testing::expect_times(spoken);
}

TEST_F(SherpaVoiceTest, WhatItSaysIsHeardByANeuralRecogniser) {
  put();
  const auto spoken =
      try_voice_model(models(), {"digits", store_.path() / "digits", {"en"}}, "four seven two");
  ASSERT_TRUE(spoken) << to_string(spoken.error());
  const auto heard = try_recognition_model(
      models(), {"streaming", testing::digits_folder() / "streaming", {"en"}}, spoken->samples);
  ASSERT_TRUE(heard) << to_string(heard.error());
  EXPECT_EQ(heard->spoken, "four seven two");
}

TEST_F(SherpaVoiceTest, ComesAndGoesWhileOthersStay) {
  EXPECT_EQ(synthesizer_->info().name.substr(0, 5), "flite");
  const auto absent = synthesizer_->engine_of("neural:digits");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::kModelRequired);
  put();
  EXPECT_EQ(synthesizer_->info().name, "sherpa-onnx digits");
  EXPECT_EQ(synthesizer_->engine_of("slt")->name.substr(0, 5), "flite");
  EXPECT_EQ(synthesizer_->engine_of("neural:other").error().code, ErrorCode::kNotFound);
  fs::remove_all(store_.path() / "digits");
  EXPECT_EQ(synthesizer_->info().name.substr(0, 5), "flite");
  EXPECT_FALSE(say("three").error);
}

TEST_F(SherpaVoiceTest, ADamagedModelFailsTheSentenceAndNothingElse) {
  put();
  const auto file = store_.path() / "digits/model.onnx";
  EXPECT_FALSE(synthesizer_->engine_of("neural:digits").has_error());
  fs::resize_file(file, fs::file_size(file) / 2);
  const auto cut = say("three");
  ASSERT_TRUE(cut.error);
  EXPECT_EQ(cut.error->code, ErrorCode::kUnsupportedMedia);
  SynthesizeOptions options;
  options.voice = "slt";
  EXPECT_FALSE(say("three", options).error);
  options.voice = "neural:digits+7";
  EXPECT_TRUE(say("three", options).error);
}

TEST_F(SherpaVoiceTest, AVoiceWithoutItsLexiconIsRefused) {
  put();
  fs::remove(store_.path() / "digits/lexicon.txt");
  const auto spoken = try_voice_model(models(), {"digits", store_.path() / "digits", {"en"}}, "one");
  ASSERT_FALSE(spoken);
  EXPECT_EQ(spoken.error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_NE(spoken.error().message.find("lexicon"), std::string::npos) << spoken.error().message;
}

}  // namespace
}  // namespace parley::speech
