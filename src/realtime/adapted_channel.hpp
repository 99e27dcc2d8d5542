// SPDX-License-Identifier: Apache-2.0
// Leaves out, on its way to the client, what a bad network has no room for, and tells the client of it.
#pragma once

#include "conversation/channel.hpp"
#include "conversation/network_governor.hpp"
#include "net/link_sample.hpp"
#include "realtime/metrics.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace parley::realtime {

// Makes signs of what the operating system counts. Pure.
class LinkMeter {
 public:
  // `needs`: bytes that a second of sound takes on its way.
  explicit LinkMeter(double needs) : needs_(needs) {}

  conversation::NetworkSigns read(const net::LinkSample& sample, runtime::TimePoint now);

 private:
  const double needs_;
  std::optional<net::LinkSample> before_;  // where the losses are counted from
  double loss_ = 0;
  std::uint64_t bytes_per_second_ = 0;
  std::optional<runtime::TimePoint> limited_at_;  // when that was all that there was
};

// Looks at the network at most once a second, and only when something is sent or heard: a message costs a
// look at the clock.
// Interim transcripts are what can be done without, since the next one replaces them; all else goes on in its
// order. `inner` and the metrics outlive it.
class AdaptedChannel final : public conversation::Channel {
 public:
  struct Parts {
    std::function<std::optional<net::LinkSample>()> link;  // nothing while there is none
    std::function<void(conversation::NetworkTier)> told;   // of each change
    std::shared_ptr<const runtime::Clock> clock;
    double needs;  // as of LinkMeter
  };
  AdaptedChannel(conversation::Channel& inner, RealtimeMetrics& metrics, Parts parts);
  ~AdaptedChannel() override;
  AdaptedChannel(const AdaptedChannel&) = delete;
  AdaptedChannel& operator=(const AdaptedChannel&) = delete;

  void deliver(conversation::ChannelEvent event) override;
  conversation::NetworkTier tier() const override { return governor_.tier(); }
  // The client was heard.
  void look() { look(parts_.clock->now()); }

 private:
  void look(runtime::TimePoint now);
  bool leaves_out(const conversation::ChannelEvent& event, runtime::TimePoint now);
  void count(conversation::NetworkTier tier, int sessions);

  conversation::Channel& inner_;
  RealtimeMetrics& metrics_;
  const Parts parts_;
  LinkMeter meter_;
  conversation::NetworkGovernor governor_;
  runtime::TimePoint looked_at_{};
  runtime::TimePoint interim_at_{};
};

}  // namespace parley::realtime
