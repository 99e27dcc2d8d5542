// SPDX-License-Identifier: Apache-2.0
// What a turn engine may be told at a time, whatever happens.
#pragma once

#include "conversation/turn_engine.hpp"

#include <iterator>
#include <random>

namespace parley::conversation::testing {

inline TurnEvent random_event(std::mt19937& random, SampleIndex now) {
  const TurnEvent events[] = {
      SpeechStarted{now},
      SpeechStopped{now},
      SoundHeard{now, random() % 2 == 0},
      AudioAdvanced{now},
      WordsChanged{static_cast<Completeness>(random() % 4), static_cast<OverlapKind>(random() % 4),
                   now - static_cast<SampleIndex>(random() % 400) * kSamplesPerMs},
      OverlapUnderstood{static_cast<OverlapKind>(random() % 4)},
      CommitRequested{now},
      ClearRequested{},
      TranscriptReady{random() % 4 == 0},
      ResponseRequested{},
      OutputStarted{},
      OutputEnded{},
      CancelRequested{},
      Failed{},
      ClockAdvanced{now},
      GreetingRequested{}};
  return events[random() % std::size(events)];
}

}  // namespace parley::conversation::testing
