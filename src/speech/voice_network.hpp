// SPDX-License-Identifier: Apache-2.0
// The network of voice activity, when its model is on this machine.
#pragma once

#include "runtime/log.hpp"
#include "speech/voice_activity.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

namespace parley::speech {

// The model that `vad.engine` can use, and its file.
inline constexpr const char* kVoiceModel = "silero-vad";
inline constexpr const char* kVoiceModelFile = "silero_vad.onnx";

// What detectors are to be given: the network of the file, or nothing where the embedded detector decides.
// Without a file, or with one that cannot be used, "auto" is the embedded detector (the log says why) and
// "silero" an error: MODEL_REQUIRED, or as loading says.
runtime::Result<std::shared_ptr<const Silero>> make_voice_network(
    const VadConfig& config, const std::optional<std::filesystem::path>& file, runtime::Log& log);

// Tries the network of a file on speech (16 kHz), on silence and on noise. UNSUPPORTED_MEDIA when it does not
// tell them apart, or as loading says.
runtime::Result<> try_voice_network(const std::filesystem::path& file, std::span<const std::int16_t> speech);

}  // namespace parley::speech
