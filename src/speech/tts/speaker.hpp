// SPDX-License-Identifier: Apache-2.0
// The synthesizer that callers see: checks what is asked for, finds engine and voice, and lets the engine
// speak.
#pragma once

#include "speech/synthesizer.hpp"
#include "speech/tts/config.hpp"
#include "speech/tts/engine.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::speech {

class Speaker final : public Synthesizer {
 public:
  struct NamedEngine {
    std::string name;
    std::unique_ptr<TtsEngine> engine;
  };

  // BAD_REQUEST when `config.engine` is not among `engines`, and what find_voice() says of `config.voice`.
  static runtime::Result<std::shared_ptr<Synthesizer>> make(TtsConfig config,
                                                            std::vector<NamedEngine> engines);

  EngineInfo info() const override;
  runtime::Result<EngineInfo> engine_of(const std::string& voice) const override;
  std::string default_voice() const override;
  std::vector<Voice> voices() const override;
  runtime::Stream<AudioChunk> synthesize(const runtime::Context& context, std::string text,
                                         SynthesizeOptions options) override;

 private:
  struct Found {
    const NamedEngine* engine;
    std::string voice;
  };

  Speaker(TtsConfig config, std::vector<NamedEngine> engines)
      : config_(std::move(config)), engines_(std::move(engines)) {}

  const NamedEngine* engine_named(std::string_view name) const;
  runtime::Result<Found> find(std::string_view voice) const;

  const TtsConfig config_;
  const std::vector<NamedEngine> engines_;
};

}  // namespace parley::speech
