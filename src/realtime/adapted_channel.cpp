// SPDX-License-Identifier: Apache-2.0
#include "realtime/adapted_channel.hpp"

#include <utility>
#include <variant>

namespace parley::realtime {

using conversation::ChannelEvent;
using conversation::NetworkSigns;
using conversation::NetworkTier;
using runtime::TimePoint;

namespace {

constexpr std::chrono::milliseconds kBetweenLooks{1000};
constexpr std::chrono::milliseconds kBetweenInterims{500};  // on a fair network
// So many segments say something about losses: a few that are lost in a row would be a catastrophe else.
constexpr std::uint32_t kSegments = 30;
// While nothing is said there is nothing to measure a bandwidth with; the last is believed for so long.
constexpr std::chrono::seconds kBelieved{30};

}  // namespace

NetworkSigns LinkMeter::read(const net::LinkSample& sample, TimePoint now) {
  // What has become less is of another connection.
  const bool goes_on = before_ && sample.segments >= before_->segments && sample.resent >= before_->resent;
  if (!goes_on) before_ = sample;
  const std::uint32_t sent = sample.segments - before_->segments;
  if (sent >= kSegments) {
    loss_ = static_cast<double>(sample.resent - before_->resent) / sent;
    before_ = sample;
  }
  if (sample.bytes_per_second) {
    bytes_per_second_ = *sample.bytes_per_second;
    limited_at_ = now;
  }
  NetworkSigns signs{std::chrono::duration_cast<std::chrono::milliseconds>(sample.round_trip), loss_};
  if (limited_at_ && now - *limited_at_ < kBelieved) {
    signs.room = static_cast<double>(bytes_per_second_) / needs_;
  }
  return signs;
}

AdaptedChannel::AdaptedChannel(conversation::Channel& inner, RealtimeMetrics& metrics, Parts parts)
    : inner_(inner), metrics_(metrics), parts_(std::move(parts)), meter_(parts_.needs) {
  count(governor_.tier(), 1);
}

AdaptedChannel::~AdaptedChannel() { count(governor_.tier(), -1); }

void AdaptedChannel::count(NetworkTier tier, int sessions) {
  metrics_.network.at(static_cast<std::size_t>(tier)).add(sessions);
}

void AdaptedChannel::deliver(ChannelEvent event) {
  const TimePoint now = parts_.clock->now();
  look(now);
  if (!leaves_out(event, now)) inner_.deliver(std::move(event));
}

void AdaptedChannel::look(TimePoint now) {
  if (now - looked_at_ < kBetweenLooks) return;
  looked_at_ = now;
  const auto sample = parts_.link();
  if (!sample) return;
  const NetworkSigns signs = meter_.read(*sample, now);
  const NetworkTier before = governor_.tier();
  const NetworkTier tier = governor_.on(signs, now);
  if (tier == before) return;
  count(before, -1);
  count(tier, 1);
  parts_.told(tier);
  inner_.deliver(conversation::NetworkChanged{tier, signs.round_trip, signs.loss});
}

bool AdaptedChannel::leaves_out(const ChannelEvent& event, TimePoint now) {
  if (!std::holds_alternative<conversation::TranscriptChanged>(event)) return false;
  if (governor_.tier() == NetworkTier::kGood) return false;
  if (governor_.tier() == NetworkTier::kPoor || now - interim_at_ < kBetweenInterims) return true;
  interim_at_ = now;
  return false;
}

}  // namespace parley::realtime
