// SPDX-License-Identifier: Apache-2.0
// The synthesizer that callers see: checks what is asked for, finds engine and voice, and lets the engine
// speak.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/metrics.hpp"
#include "speech/synthesizer.hpp"
#include "speech/tts/config.hpp"
#include "speech/tts/engine.hpp"
#include "speech/tts/store/sentence_cache.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::speech {

// The sentences that were spoken before, and what is needed to look there first.
struct KeptSpeech {
  KeptSpeech(std::filesystem::path folder, std::int64_t megabytes, runtime::ComputePool& compute,
             runtime::Metrics& metrics);

  SentenceCache cache;
  runtime::ComputePool& pool;  // reads files and tells engines
  runtime::Counter hits;
  runtime::Counter misses;
};

class Speaker final : public Synthesizer, public std::enable_shared_from_this<Speaker> {
 public:
  struct NamedEngine {
    std::string name;
    std::unique_ptr<TtsEngine> engine;
  };

  // BAD_REQUEST when `config.engine` is not among `engines`, and what find_voice() says of `config.voice`.
  // Without `kept` every sentence is made anew.
  static runtime::Result<std::shared_ptr<Synthesizer>> make(TtsConfig config,
                                                            std::vector<NamedEngine> engines,
                                                            std::unique_ptr<KeptSpeech> kept);

  EngineInfo info() const override;
  runtime::Result<EngineInfo> engine_of(const std::string& voice) const override;
  runtime::Result<EngineInfo> engine_for(const std::string& text,
                                         const SynthesizeOptions& options) const override;
  std::string default_voice() const override;
  std::vector<Voice> voices() const override;
  runtime::Stream<AudioChunk> synthesize(const runtime::Context& context, std::string text,
                                         SynthesizeOptions options) override;

 private:
  struct Found {
    const NamedEngine* engine;
    std::string voice;
  };

  Speaker(TtsConfig config, std::vector<NamedEngine> engines, text::Pronunciations pronunciations,
          std::unique_ptr<KeptSpeech> kept)
      : config_(std::move(config)),
        engines_(std::move(engines)),
        kept_(std::move(kept)),
        pronunciations_(std::make_shared<const text::Pronunciations>(std::move(pronunciations))) {}

  const NamedEngine* engine_named(std::string_view name) const;
  // For voices without a prefix; null when the configuration names an engine that is not there.
  const NamedEngine* default_engine(std::string_view voice) const;
  runtime::Result<Found> find(std::string_view voice) const;
  runtime::Result<Found> find_for(const std::string& text, const SynthesizeOptions& options) const;
  SentenceKey key_of(const NamedEngine& engine, const SpeakRequest& request, double volume) const;
  bool was_warm(const NamedEngine& engine);
  void speak_or_repeat(const NamedEngine& engine, SpeakRequest request, double volume,
                       const runtime::Context& context, const runtime::StreamWriter<AudioChunk>& sink);

  const TtsConfig config_;
  const std::vector<NamedEngine> engines_;
  const std::unique_ptr<KeptSpeech> kept_;
  std::atomic<std::uint64_t> warm_{0};  // a bit for each engine that has spoken
  const std::shared_ptr<const text::Pronunciations> pronunciations_;
  std::string default_language_;  // "en"; empty when it is not known
};

}  // namespace parley::speech
