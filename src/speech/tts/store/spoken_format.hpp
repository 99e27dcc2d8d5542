// SPDX-License-Identifier: Apache-2.0
// Spoken audio as bytes, to be kept in a file.
#pragma once

#include "speech/tts/speech_writer.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace parley::speech {

// Little-endian: a mark of the format, the SHA-256 of the rest, then rate, words, sounds and samples.
std::vector<std::uint8_t> pack_spoken(const SpokenAudio& spoken);
// Nothing for bytes that pack_spoken() did not make.
std::optional<SpokenAudio> unpack_spoken(std::span<const std::uint8_t> bytes);

// What stands behind the checksum; for tests, which cannot guess it.
std::optional<SpokenAudio> unpack_body(std::span<const std::uint8_t> body);

}  // namespace parley::speech
