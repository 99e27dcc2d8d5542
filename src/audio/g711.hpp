// SPDX-License-Identifier: Apache-2.0
// The voice codecs of telephony, ITU-T G.711: mu-law (PCMU) and A-law (PCMA), one byte for each sample at 8
// kHz. Bit-exact with the reference of ITU-T G.191.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace parley::audio {

inline constexpr int kG711Rate = 8000;

std::int16_t from_mu_law(std::uint8_t code);
std::uint8_t to_mu_law(std::int16_t sample);

std::int16_t from_a_law(std::uint8_t code);
std::uint8_t to_a_law(std::int16_t sample);

std::vector<std::int16_t> decode_mu_law(std::span<const std::uint8_t> codes);
std::vector<std::uint8_t> encode_mu_law(std::span<const std::int16_t> samples);
std::vector<std::int16_t> decode_a_law(std::span<const std::uint8_t> codes);
std::vector<std::uint8_t> encode_a_law(std::span<const std::int16_t> samples);

}  // namespace parley::audio
