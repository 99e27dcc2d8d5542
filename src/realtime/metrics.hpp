// SPDX-License-Identifier: Apache-2.0
// What is measured of conversations, whatever their protocol.
#pragma once

#include "conversation/channel.hpp"
#include "runtime/metrics.hpp"

#include <array>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace parley::realtime {

struct RealtimeMetrics {
  explicit RealtimeMetrics(runtime::Metrics& metrics);

  runtime::Gauge sessions;
  runtime::Counter events;
  runtime::Counter errors;
  runtime::Counter turns;
  std::array<runtime::Gauge, 3> network;  // sessions, by conversation::NetworkTier
  runtime::Histogram voice_to_voice;
  std::map<std::string, runtime::Histogram> stages;  // by their mark
};

// Counts what passes on its way to the client, and calls `over` behind the end of the session. `inner` and
// the metrics outlive it.
class MeasuredChannel final : public conversation::Channel {
 public:
  using Over = std::function<void(conversation::SessionEnd)>;

  MeasuredChannel(conversation::Channel& inner, RealtimeMetrics& metrics, Over over)
      : inner_(inner), metrics_(metrics), over_(std::move(over)) {}

  void deliver(conversation::ChannelEvent event) override;
  conversation::NetworkTier tier() const override { return inner_.tier(); }

 private:
  conversation::Channel& inner_;
  RealtimeMetrics& metrics_;
  Over over_;
};

}  // namespace parley::realtime
