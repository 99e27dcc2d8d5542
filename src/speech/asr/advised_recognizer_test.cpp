// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/advised_recognizer.hpp"

#include <utility>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

class Memory final : public VoiceMemory {};

class English final : public Recognizer {
 public:
  EngineInfo info() const override { return {"english"}; }
  Result<> knows(std::string_view language) const override {
    if (language == "en") return {};
    return Error{ErrorCode::kLanguageUnavailable, "only English", "language"};
  }
  runtime::Stream<Transcript> recognize(const runtime::Context&, runtime::Stream<audio::Pcm>,
                                        RecognizeOptions) override {
    auto [stream, writer] = runtime::make_stream<Transcript>(1);
    Transcript heard;
    heard.text = "heard";
    heard.is_final = true;
    EXPECT_TRUE(writer.push(std::move(heard)));
    writer.finish();
    return std::move(stream);
  }
  std::shared_ptr<VoiceMemory> remember(bool adapt) override {
    return adapt ? std::make_shared<Memory>() : nullptr;
  }
};

std::unique_ptr<Recognizer> recognizer() {
  return advised(std::make_unique<English>(), [](std::string_view language) {
    return language == "de" ? std::vector<std::string>{"alpha", "beta"} : std::vector<std::string>{};
  });
}

TEST(AdvisedRecognizer, NamesTheModelsForALanguageThatTheEngineDoesNotKnow) {
  const auto advised = recognizer();
  EXPECT_TRUE(advised->knows("en"));
  EXPECT_EQ(advised->knows("de").error(),
            (Error{ErrorCode::kLanguageUnavailable,
                   "only English; for this language: parley models pull alpha, or beta", "language"}));
  EXPECT_EQ(advised->knows("fr").error().message,
            "only English; the list of models has none for this language");
}

TEST(AdvisedRecognizer, RemembersVoicesAsTheEngineDoes) {
  EXPECT_NE(recognizer()->remember(true), nullptr);
  EXPECT_EQ(recognizer()->remember(false), nullptr);
}

TEST(AdvisedRecognizer, RefusesUtterancesInItAndLeavesTheOthersToTheEngine) {
  const auto advised = recognizer();
  auto refused = advised->recognize({}, {}, {.language = "de"});
  const auto answer = refused.poll();
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error(), advised->knows("de").error());
  auto heard = advised->recognize({}, {}, {.language = "en"});
  const auto transcript = heard.poll();
  ASSERT_TRUE(transcript && *transcript && **transcript);
  EXPECT_EQ((**transcript)->text, "heard");
}

}  // namespace
}  // namespace parley::speech
