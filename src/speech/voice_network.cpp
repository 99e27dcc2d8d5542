// SPDX-License-Identifier: Apache-2.0
#include "speech/voice_network.hpp"

#include "speech/vad/models/silero.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace parley::speech {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kSecond = 16000;

// How often an utterance starts in the samples.
std::size_t starts(const std::shared_ptr<const Silero>& network, std::span<const std::int16_t> samples) {
  VoiceActivityDetector detector(VadConfig{}, network);
  std::size_t found = 0;
  for (; samples.size() >= kVadFrameSamples; samples = samples.subspan(kVadFrameSamples)) {
    const auto event = detector.process(samples.first<kVadFrameSamples>());
    if (event && event->kind == VoiceEvent::Kind::kStarted) ++found;
  }
  return found;
}

// White noise at -40 dBFS, the same each time.
std::vector<std::int16_t> noise(std::size_t samples) {
  std::vector<std::int16_t> values(samples);
  std::uint32_t state = 1;
  for (std::int16_t& value : values) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<std::int16_t>(static_cast<std::int32_t>(state >> 16U) % 1135 - 567);
  }
  return values;
}

}  // namespace

Result<std::shared_ptr<const Silero>> make_voice_network(const VadConfig& config,
                                                         const std::optional<std::filesystem::path>& file,
                                                         runtime::Log& log) {
  if (config.engine == "embedded") return std::shared_ptr<const Silero>();
  const bool wanted = config.engine == "silero";
  if (!file) {
    if (!wanted) return std::shared_ptr<const Silero>();
    return Error{ErrorCode::kModelRequired,
                 std::string("voice activity by silero needs its model: parley models pull ") + kVoiceModel,
                 "vad.engine"};
  }
  auto network = Silero::load(*file);
  if (network) return std::move(*network);
  if (wanted) return Error{network.error().code, network.error().message, kVoiceModel};
  log.warn({}, "voice_model_unusable", {{"model", kVoiceModel}, {"reason", network.error().message}});
  return std::shared_ptr<const Silero>();
}

Result<> try_voice_network(const std::filesystem::path& file, std::span<const std::int16_t> speech) {
  auto network = Silero::load(file);
  if (!network) return network.error();
  std::vector<std::int16_t> sentence(kSecond);
  sentence.insert(sentence.end(), speech.begin(), speech.end());
  if (starts(*network, sentence) == 0) {
    return Error{ErrorCode::kUnsupportedMedia, "the network hears nothing in a spoken sentence", kVoiceModel};
  }
  const std::vector<std::int16_t> silence(5 * kSecond);
  if (starts(*network, silence) != 0 || starts(*network, noise(5 * kSecond)) != 0) {
    return Error{ErrorCode::kUnsupportedMedia, "the network hears speech where there is none", kVoiceModel};
  }
  return {};
}

}  // namespace parley::speech
