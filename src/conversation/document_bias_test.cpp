// SPDX-License-Identifier: Apache-2.0
#include "conversation/document_bias.hpp"

#include "knowledge/testing/library_fixture.hpp"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::Not;

// Tells what it was asked to prepare.
class Listener final : public speech::Recognizer {
 public:
  speech::EngineInfo info() const override { return {"listener"}; }
  runtime::Stream<speech::Transcript> recognize(const runtime::Context&, runtime::Stream<audio::Pcm>,
                                                speech::RecognizeOptions) override {
    return runtime::make_stream<speech::Transcript>(1).first;
  }
  void prepare(const std::shared_ptr<const speech::Bias>& bias) override {
    const std::lock_guard lock(mutex_);
    prepared_.push_back(bias);
    changed_.notify_all();
  }
  // The newest after `count` have come; null when they do not come.
  std::shared_ptr<const speech::Bias> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, 1min, [&] { return prepared_.size() >= count; })) return nullptr;
    return prepared_.back();
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return prepared_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<const speech::Bias>> prepared_;
};

class DocumentBiasTest : public ::testing::Test {
 protected:
  void TearDown() override { io.run(bias.stop()); }

  parley::testing::TemporaryDirectory folder;
  knowledge::testing::LibraryRunner runner{folder.path()};
  Listener listener;
  runtime::ComputePool background{{.name = "background", .threads = 1}};
  runtime::IoThreads io{1};
  DocumentBias bias{{runner.library(), listener, background, runtime::Log::none(), io.executor()}};
};

TEST_F(DocumentBiasTest, HoldsWhatTheDocumentsSay) {
  ASSERT_TRUE(runner.index("shop.txt", "The zeppelin leaves at ten."));
  ASSERT_TRUE(runner.run(bias.refresh({})));
  const auto built = bias.of("local");
  ASSERT_TRUE(built);
  EXPECT_THAT(built->words(), Contains("zeppelin"));
}

runtime::Task<> learn(DocumentBias* bias, std::vector<std::string> phrases,
                      std::shared_ptr<const speech::Bias>* out) {
  const runtime::Context context;
  auto built = co_await bias->with(context, std::move(phrases));
  EXPECT_TRUE(built);
  if (built) *out = std::move(*built);
}

TEST_F(DocumentBiasTest, WordsOfASessionStandBesideThoseOfTheDocumentsForThatSessionAlone) {
  ASSERT_TRUE(runner.index("shop.txt", "The zeppelin leaves at ten."));
  ASSERT_TRUE(runner.run(bias.refresh({})));
  std::shared_ptr<const speech::Bias> own;
  io.run(learn(&bias, {"Kestrel Flowmatic"}, &own));
  ASSERT_TRUE(own);
  EXPECT_THAT(own->words(), Contains("zeppelin"));
  EXPECT_THAT(own->words(), Contains("flowmatic"));
  EXPECT_THAT(bias.of("local")->words(), Not(Contains("flowmatic")));
}

TEST_F(DocumentBiasTest, WordsOfASessionNeedNoDocuments) {
  std::shared_ptr<const speech::Bias> own;
  io.run(learn(&bias, {"Flowmatic"}, &own));
  ASSERT_TRUE(own);
  EXPECT_THAT(own->words(), Contains("flowmatic"));
  EXPECT_EQ(bias.of("local"), nullptr);
}

runtime::Task<> ask(DocumentBias* bias, std::shared_ptr<const speech::Bias>* out) {
  *out = bias->of("local");
  co_return;
}

TEST_F(DocumentBiasTest, CanBeAskedFromTheThreadThatFollows) {
  ASSERT_TRUE(runner.index("shop.txt", "The zeppelin leaves at ten."));
  ASSERT_TRUE(runner.run(bias.refresh({})));
  std::shared_ptr<const speech::Bias> asked;
  io.run(ask(&bias, &asked));
  EXPECT_TRUE(asked);
}

TEST_F(DocumentBiasTest, WhatIsBuiltIsBuiltAgainOnlyForAChange) {
  ASSERT_TRUE(runner.index("shop.txt", "The zeppelin leaves at ten."));
  ASSERT_TRUE(runner.run(bias.refresh({})));
  ASSERT_TRUE(bias.of("local"));
  ASSERT_TRUE(runner.index("harbor.txt", "The submarine stays."));
  const auto with = listener.wait_for(2);
  ASSERT_TRUE(with);
  EXPECT_THAT(with->words(), Contains("submarine"));
  EXPECT_EQ(listener.count(), 2U);
}

TEST_F(DocumentBiasTest, NoTenantGetsAnothersWords) {
  runtime::Context other;
  other.tenant = "other";
  ASSERT_TRUE(runner.index("secret.txt", "The zeppelin leaves at ten."));
  ASSERT_TRUE(runner.index("plain.txt", "The train leaves at noon.", other));
  ASSERT_TRUE(runner.run(bias.refresh({})));
  ASSERT_TRUE(runner.run(bias.refresh(other)));
  ASSERT_TRUE(bias.of("other"));
  EXPECT_THAT(bias.of("other")->words(), Not(Contains("zeppelin")));
  EXPECT_THAT(bias.of("local")->words(), Contains("zeppelin"));
}

TEST_F(DocumentBiasTest, FollowsDocumentsThatComeAndGo) {
  EXPECT_EQ(bias.of("local"), nullptr);
  EXPECT_EQ(listener.wait_for(1), nullptr);  // without documents there is nothing to expect
  const auto document = runner.index("shop.txt", "The zeppelin leaves at ten.");
  ASSERT_TRUE(document);
  const auto with = listener.wait_for(2);
  ASSERT_TRUE(with);
  EXPECT_THAT(with->words(), Contains("zeppelin"));
  ASSERT_TRUE(runner.run(runner.library().remove({}, document->id)));
  EXPECT_EQ(listener.wait_for(3), nullptr);
  EXPECT_EQ(listener.count(), 3U);
}

}  // namespace
}  // namespace parley::conversation
