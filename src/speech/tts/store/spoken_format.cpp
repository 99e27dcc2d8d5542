// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/store/spoken_format.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>

#include <openssl/sha.h>

namespace parley::speech {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they are");

constexpr std::string_view kMark = "parley speech 1\n";
constexpr std::size_t kHeader = kMark.size() + SHA256_DIGEST_LENGTH;
constexpr std::uint32_t kMinRate = 4000;
constexpr std::uint32_t kMaxRate = 192'000;

using Bytes = std::span<const std::uint8_t>;

void put(std::vector<std::uint8_t>& out, const void* from, std::size_t size) {
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  out.insert(out.end(), bytes, bytes + size);
}

void put_number(std::vector<std::uint8_t>& out, std::size_t number) {
  const auto value = static_cast<std::uint32_t>(number);
  put(out, &value, sizeof value);
}

void put_timed(std::vector<std::uint8_t>& out, const std::string& text, std::chrono::milliseconds start,
               std::chrono::milliseconds end) {
  put_number(out, static_cast<std::size_t>(start.count()));
  put_number(out, static_cast<std::size_t>(end.count()));
  put_number(out, text.size());
  put(out, text.data(), text.size());
}

// Reads from the front; `failed` once anything was missing.
struct Cursor {
  Bytes rest;
  bool failed = false;

  Bytes take(std::size_t size) {
    if (failed || size > rest.size()) {
      failed = true;
      return {};
    }
    const Bytes taken = rest.first(size);
    rest = rest.subspan(size);
    return taken;
  }
  std::uint32_t number() {
    std::uint32_t value = 0;
    const Bytes taken = take(sizeof value);
    if (!failed) std::memcpy(&value, taken.data(), sizeof value);
    return value;
  }
  template <class Timed>
  Timed timed() {
    const std::chrono::milliseconds start(number());
    const std::chrono::milliseconds end(number());
    const Bytes text = take(number());
    return Timed{std::string(text.begin(), text.end()), start, end};
  }
  template <class Timed>
  std::vector<Timed> list() {
    std::vector<Timed> all;
    for (std::uint32_t left = number(); left > 0 && !failed; --left) all.push_back(timed<Timed>());
    return all;
  }
};

}  // namespace

std::vector<std::uint8_t> pack_spoken(const SpokenAudio& spoken) {
  std::vector<std::uint8_t> out(kHeader);
  put_number(out, static_cast<std::size_t>(spoken.pcm.format.rate));
  put_number(out, spoken.words.size());
  for (const auto& word : spoken.words) put_timed(out, word.text, word.start, word.end);
  put_number(out, spoken.phonemes.size());
  for (const auto& phoneme : spoken.phonemes) put_timed(out, phoneme.symbol, phoneme.start, phoneme.end);
  put_number(out, spoken.pcm.samples.size());
  put(out, spoken.pcm.samples.data(), spoken.pcm.samples.size() * sizeof(std::int16_t));

  std::copy(kMark.begin(), kMark.end(), out.begin());
  SHA256(out.data() + kHeader, out.size() - kHeader, out.data() + kMark.size());
  return out;
}

std::optional<SpokenAudio> unpack_spoken(Bytes bytes) {
  if (bytes.size() < kHeader || !std::equal(kMark.begin(), kMark.end(), bytes.begin())) return std::nullopt;
  const Bytes body = bytes.subspan(kHeader);
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> sum{};
  SHA256(body.data(), body.size(), sum.data());
  if (!std::equal(sum.begin(), sum.end(), bytes.begin() + kMark.size())) return std::nullopt;
  return unpack_body(body);
}

std::optional<SpokenAudio> unpack_body(Bytes body) {
  Cursor cursor{body};
  const std::uint32_t rate = cursor.number();
  if (rate < kMinRate || rate > kMaxRate) return std::nullopt;
  SpokenAudio spoken;
  spoken.pcm.format = {static_cast<int>(rate), 1};
  spoken.words = cursor.list<Word>();
  spoken.phonemes = cursor.list<Phoneme>();
  const std::uint32_t count = cursor.number();
  const Bytes samples = cursor.take(std::size_t{count} * sizeof(std::int16_t));
  if (cursor.failed || !cursor.rest.empty()) return std::nullopt;
  spoken.pcm.samples.resize(count);
  if (count > 0) std::memcpy(spoken.pcm.samples.data(), samples.data(), samples.size());
  return spoken;
}

}  // namespace parley::speech
