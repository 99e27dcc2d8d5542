// SPDX-License-Identifier: Apache-2.0
#include "audio/g711.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace parley::audio {
namespace {

// G.711 table 2: a sign bit, three bits of segment, four of step, all inverted.
constexpr std::int16_t expand_mu_law(std::uint8_t code) {
  const int value = ~code & 0xFF;
  const int magnitude = ((((value & 0x0F) << 3) + 0x84) << ((value & 0x70) >> 4)) - 0x84;
  return static_cast<std::int16_t>((value & 0x80) != 0 ? -magnitude : magnitude);
}

// G.711 table 1: every second bit inverted, the sign bit set for positive values.
constexpr std::int16_t expand_a_law(std::uint8_t code) {
  const int value = code ^ 0x55;
  const int segment = (value & 0x70) >> 4;
  int magnitude = ((value & 0x0F) << 4) + 8;
  if (segment > 0) magnitude = (magnitude + 0x100) << (segment - 1);
  return static_cast<std::int16_t>((value & 0x80) != 0 ? magnitude : -magnitude);
}

constexpr auto law_table(std::int16_t (*decode)(std::uint8_t)) {
  std::array<std::int16_t, 256> table{};
  for (std::size_t code = 0; code < table.size(); ++code)
    table[code] = decode(static_cast<std::uint8_t>(code));
  return table;
}
constexpr auto kMuLawTable = law_table(expand_mu_law);
constexpr auto kALawTable = law_table(expand_a_law);

template <class Out, class In>
std::vector<Out> each(std::span<const In> in, Out (*convert)(In)) {
  std::vector<Out> out(in.size());
  std::transform(in.begin(), in.end(), out.begin(), convert);
  return out;
}

}  // namespace

std::int16_t from_mu_law(std::uint8_t code) { return kMuLawTable[code]; }
std::int16_t from_a_law(std::uint8_t code) { return kALawTable[code]; }

// On 14 bits; negative values in one's complement, as the reference has them.
std::uint8_t to_mu_law(std::int16_t sample) {
  const bool negative = sample < 0;
  const unsigned magnitude =
      std::min((static_cast<unsigned>(negative ? ~sample : sample) >> 2) + 33, 0x1FFFU);
  const unsigned segment = static_cast<unsigned>(std::bit_width(magnitude)) - 6;
  const unsigned step = magnitude >> (segment + 1) & 0x0F;
  return static_cast<std::uint8_t>(~(segment << 4 | step | (negative ? 0x80U : 0U)));
}

// On 12 bits and a sign.
std::uint8_t to_a_law(std::int16_t sample) {
  const bool negative = sample < 0;
  const unsigned magnitude = static_cast<unsigned>(negative ? ~sample : sample) >> 4;
  const unsigned segment =
      magnitude < 32 ? magnitude >> 4 : static_cast<unsigned>(std::bit_width(magnitude)) - 4;
  const unsigned step = magnitude >> (segment > 0 ? segment - 1 : 0) & 0x0F;
  return static_cast<std::uint8_t>((segment << 4 | step | (negative ? 0U : 0x80U)) ^ 0x55U);
}

std::vector<std::int16_t> decode_mu_law(std::span<const std::uint8_t> codes) {
  return each<std::int16_t>(codes, from_mu_law);
}
std::vector<std::uint8_t> encode_mu_law(std::span<const std::int16_t> samples) {
  return each<std::uint8_t>(samples, to_mu_law);
}
std::vector<std::int16_t> decode_a_law(std::span<const std::uint8_t> codes) {
  return each<std::int16_t>(codes, from_a_law);
}
std::vector<std::uint8_t> encode_a_law(std::span<const std::int16_t> samples) {
  return each<std::uint8_t>(samples, to_a_law);
}

}  // namespace parley::audio
