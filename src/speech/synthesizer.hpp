// SPDX-License-Identifier: Apache-2.0
// The port of engines that turn text into speech.
#pragma once

#include "runtime/context.hpp"
#include "runtime/stream.hpp"
#include "speech/types.hpp"

#include <string>
#include <vector>

namespace parley::speech {

struct Voice {
  std::string id;        // "slt"
  std::string language;  // "en-US"
  std::string description;
};

struct SynthesizeOptions {
  std::string voice = {};  // empty: the configured default
  double speed = 1.0;      // 0.5 to 2.0
};

class Synthesizer {
 public:
  virtual ~Synthesizer() = default;

  virtual EngineInfo info() const = 0;
  virtual std::vector<Voice> voices() const = 0;

  // Speaks one sentence or clause of at most 2,000 bytes. Chunks come as they are made, all of one format,
  // faster than real time; each is at most 200 ms. The stream fails with TTS_FAILED when the engine does,
  // with NOT_FOUND for an unknown voice (param "voice"), BAD_REQUEST for a text that is too long or not
  // UTF-8. Empty text, or text without anything to say, gives an empty stream. Destroying the stream stops
  // the engine within a chunk.
  virtual runtime::Stream<AudioChunk> synthesize(const runtime::Context& context, std::string text,
                                                 SynthesizeOptions options) = 0;
};

}  // namespace parley::speech
