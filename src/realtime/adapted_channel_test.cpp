// SPDX-License-Identifier: Apache-2.0
#include "realtime/adapted_channel.hpp"

#include "runtime/testing/fake_clock.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using namespace std::chrono_literals;
using namespace conversation;
using net::LinkSample;

TEST(LinkMeter, TellsLossesOfManySegmentsOnly) {
  LinkMeter meter(1000);
  runtime::TimePoint now{};
  EXPECT_EQ(meter.read({.round_trip = 42ms, .segments = 100, .resent = 50}, now).round_trip, 42ms);
  EXPECT_EQ(meter.read({.segments = 110, .resent = 60}, now).loss, 0) << "ten are too few";
  EXPECT_DOUBLE_EQ(meter.read({.segments = 200, .resent = 60}, now).loss, 0.1);
  EXPECT_DOUBLE_EQ(meter.read({.segments = 210, .resent = 60}, now).loss, 0.1);
  EXPECT_DOUBLE_EQ(meter.read({.segments = 300, .resent = 60}, now).loss, 0);
  EXPECT_DOUBLE_EQ(meter.read({.segments = 5, .resent = 5}, now).loss, 0) << "another connection";
  EXPECT_DOUBLE_EQ(meter.read({.segments = 105, .resent = 10}, now).loss, 0.05);
  EXPECT_DOUBLE_EQ(meter.read({.segments = 205, .resent = 0}, now).loss, 0.05)
      << "another connection that has sent more already";
  EXPECT_DOUBLE_EQ(meter.read({.segments = 305, .resent = 2}, now).loss, 0.02);
}

TEST(LinkMeter, BelievesABandwidthForHalfAMinute) {
  LinkMeter meter(1000);
  runtime::TimePoint now{};
  EXPECT_GT(meter.read({}, now).room, 1e9) << "whoever has sent little knows of no limit";
  EXPECT_DOUBLE_EQ(meter.read({.bytes_per_second = 1500}, now).room, 1.5);
  EXPECT_DOUBLE_EQ(meter.read({}, now + 29s).room, 1.5);
  EXPECT_GT(meter.read({}, now + 30s).room, 1e9);
}

class Recorder final : public Channel {
 public:
  void deliver(ChannelEvent event) override {
    if (const auto* change = std::get_if<NetworkChanged>(&event)) tiers.push_back(change->tier);
    interims += std::holds_alternative<TranscriptChanged>(event) ? 1 : 0;
    words += std::holds_alternative<ResponseText>(event) ? 1 : 0;
  }
  std::vector<NetworkTier> tiers;
  int interims = 0;
  int words = 0;
};

class AdaptedChannelTest : public testing::Test {
 protected:
  // Ten interim transcripts and ten pieces of an answer a second, over such a link.
  void talk(std::chrono::seconds time, std::optional<LinkSample> link) {
    link_ = link;
    recorder_.interims = recorder_.words = 0;
    for (int i = 0; i < 10 * time.count(); ++i) {
      clock_->advance(100ms);
      channel_.deliver(TranscriptChanged{});
      channel_.deliver(ResponseText{});
    }
  }

  const std::shared_ptr<runtime::testing::FakeClock> clock_ = std::make_shared<runtime::testing::FakeClock>();
  std::optional<LinkSample> link_;
  int looks_ = 0;
  std::vector<NetworkTier> told_;
  runtime::Metrics metrics_;
  RealtimeMetrics measured_{metrics_};
  Recorder recorder_;
  AdaptedChannel channel_{recorder_,
                          measured_,
                          {[this] {
                             ++looks_;
                             return link_;
                           },
                           [this](NetworkTier tier) { told_.push_back(tier); }, clock_, 32'000}};
};

TEST_F(AdaptedChannelTest, LeavesEverythingAsItIsOnAGoodNetwork) {
  talk(20s, LinkSample{.round_trip = 20ms});
  EXPECT_EQ(recorder_.interims, 200);
  EXPECT_EQ(recorder_.words, 200);
  EXPECT_EQ(looks_, 20) << "once a second";
  EXPECT_TRUE(recorder_.tiers.empty());
  talk(1s, std::nullopt);
  EXPECT_EQ(recorder_.interims, 10);
}

TEST_F(AdaptedChannelTest, LeavesOutInterimTranscriptsAndNothingElse) {
  talk(4s, LinkSample{.round_trip = 300ms});
  talk(10s, LinkSample{.round_trip = 300ms});
  EXPECT_EQ(recorder_.interims, 20) << "two a second";
  EXPECT_EQ(recorder_.words, 100);
  EXPECT_NE(metrics_.expose().find("parley_network_sessions{tier=\"fair\"} 1"), std::string::npos);
  talk(4s, LinkSample{.round_trip = 300ms, .bytes_per_second = 30'000});
  talk(10s, LinkSample{.round_trip = 300ms});
  EXPECT_EQ(recorder_.interims, 0);
  EXPECT_EQ(recorder_.words, 100);
  talk(60s, LinkSample{.round_trip = 20ms});
  talk(1s, LinkSample{.round_trip = 20ms});
  EXPECT_EQ(recorder_.interims, 10);
  using enum NetworkTier;
  EXPECT_EQ(recorder_.tiers, (std::vector{kFair, kPoor, kFair, kGood}));
  EXPECT_EQ(told_, recorder_.tiers);
  EXPECT_NE(metrics_.expose().find("parley_network_sessions{tier=\"good\"} 1"), std::string::npos);
}

TEST_F(AdaptedChannelTest, TellsAClientThatIsHeardAndToldNothing) {
  link_ = LinkSample{.round_trip = 300ms};
  for (int i = 0; i < 40; ++i) {
    clock_->advance(100ms);
    channel_.look();
  }
  EXPECT_EQ(recorder_.tiers, std::vector{NetworkTier::kFair});
  EXPECT_EQ(looks_, 4);
}

TEST_F(AdaptedChannelTest, IsCountedWhileItIsThere) {
  {
    AdaptedChannel other(recorder_, measured_, {[] { return std::nullopt; }, [](NetworkTier) {}, clock_, 1});
    EXPECT_NE(metrics_.expose().find("parley_network_sessions{tier=\"good\"} 2"), std::string::npos);
  }
  EXPECT_NE(metrics_.expose().find("parley_network_sessions{tier=\"good\"} 1"), std::string::npos);
}

}  // namespace
}  // namespace parley::realtime
