// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/speaker.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <optional>

namespace parley::speech {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMaxTextBytes = 2000;

bool within(double value, double least, double most) { return value >= least && value <= most; }

std::optional<Error> refuse(const std::string& text, const SynthesizeOptions& options) {
  const auto bad = [](const char* why, const char* param) {
    return Error{ErrorCode::kBadRequest, why, param};
  };
  if (!within(options.speed, 0.5, 2.0)) return bad("the speed must lie between 0.5 and 2.0", "speed");
  if (!within(options.pitch, 0.5, 2.0)) return bad("the pitch must lie between 0.5 and 2.0", "pitch");
  if (!within(options.volume, 0.0, 2.0)) return bad("the volume must lie between 0.0 and 2.0", "volume");
  if (text.size() > kMaxTextBytes) return bad("the text to speak is longer than 2,000 bytes", "text");
  if (!text::is_valid_utf8(text)) return bad("the text to speak is not UTF-8", "text");
  return std::nullopt;
}

}  // namespace

Result<std::shared_ptr<Synthesizer>> Speaker::make(TtsConfig config, std::vector<NamedEngine> engines) {
  std::shared_ptr<Speaker> speaker(new Speaker(std::move(config), std::move(engines)));
  if (speaker->engine_named(speaker->config_.engine) == nullptr) {
    return Error{ErrorCode::kBadRequest, "there is no such speech engine", "tts.engine"};
  }
  const auto voice = speaker->find("");
  if (!voice) return Error{voice.error().code, voice.error().message, "tts.voice"};
  return std::shared_ptr<Synthesizer>(std::move(speaker));
}

const Speaker::NamedEngine* Speaker::engine_named(std::string_view name) const {
  const auto found =
      std::find_if(engines_.begin(), engines_.end(), [&](const auto& row) { return row.name == name; });
  return found == engines_.end() ? nullptr : &*found;
}

Result<Speaker::Found> Speaker::find(std::string_view voice) const {
  if (voice.empty()) voice = config_.voice;
  const auto colon = voice.find(':');
  const bool named = colon != std::string_view::npos;
  const NamedEngine* engine = engine_named(named ? voice.substr(0, colon) : config_.engine);
  if (engine == nullptr) return Error{ErrorCode::kNotFound, "there is no such voice", "voice"};
  auto found = engine->engine->find_voice(named ? voice.substr(colon + 1) : voice);
  if (!found) return found.error();
  return Found{engine, std::move(*found)};
}

EngineInfo Speaker::info() const { return engine_named(config_.engine)->engine->info(); }

Result<EngineInfo> Speaker::engine_of(const std::string& voice) const {
  const auto found = find(voice);
  if (!found) return found.error();
  return found->engine->engine->info();
}

std::string Speaker::default_voice() const {
  const auto found = find("");
  if (!found) return config_.voice;
  return found->engine->name == "flite" ? found->voice : found->engine->name + ":" + found->voice;
}

std::vector<Voice> Speaker::voices() const {
  std::vector<Voice> all;
  for (const auto& row : engines_) {
    for (auto& voice : row.engine->voices()) all.push_back(std::move(voice));
  }
  return all;
}

runtime::Stream<AudioChunk> Speaker::synthesize(const runtime::Context& context, std::string text,
                                                SynthesizeOptions options) {
  auto [stream, sink] = runtime::make_stream<AudioChunk>(kSpeechStreamChunks);
  const auto refused = refuse(text, options);
  auto found = refused ? Result<Found>(*refused) : find(options.voice);
  if (!found) {
    sink.fail(found.error());
    return std::move(stream);
  }
  SpeakRequest request{std::move(text), std::move(found->voice),
                       std::clamp(config_.speed * options.speed, 0.5, 2.0), options.pitch};
  found->engine->engine->speak(
      std::move(request),
      std::make_shared<SpeechWriter>(
          context, std::move(sink),
          SpeechWriter::Options{.target_lufs = config_.loudness_lufs, .volume = options.volume}));
  return std::move(stream);
}

}  // namespace parley::speech
