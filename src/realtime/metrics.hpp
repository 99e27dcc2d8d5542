// SPDX-License-Identifier: Apache-2.0
// What is measured of conversations, whatever their protocol.
#pragma once

#include "conversation/channel.hpp"
#include "runtime/metrics.hpp"

namespace parley::realtime {

struct RealtimeMetrics {
  explicit RealtimeMetrics(runtime::Metrics& metrics);

  runtime::Gauge sessions;
  runtime::Counter events;
  runtime::Counter errors;
  runtime::Counter turns;
  runtime::Histogram voice_to_voice;
};

// Counts what passes on its way to the client. Both outlive it.
class MeasuredChannel final : public conversation::Channel {
 public:
  MeasuredChannel(conversation::Channel& inner, RealtimeMetrics& metrics)
      : inner_(inner), metrics_(metrics) {}

  void deliver(conversation::ChannelEvent event) override;

 private:
  conversation::Channel& inner_;
  RealtimeMetrics& metrics_;
};

}  // namespace parley::realtime
