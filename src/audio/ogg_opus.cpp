// SPDX-License-Identifier: Apache-2.0
#include "audio/ogg_opus.hpp"

#include <algorithm>

#include <ogg/ogg.h>

namespace parley::audio {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr int kPacketsPerPage = 50;  // a second

void put_number(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size(), 4);
  out += text;
}

// RFC 7845, 5.1.
std::string head_packet(int channels, int pre_skip) {
  std::string packet = "OpusHead";
  put_number(packet, 1, 1);
  put_number(packet, static_cast<std::uint64_t>(channels), 1);
  put_number(packet, static_cast<std::uint64_t>(pre_skip), 2);
  put_number(packet, OggOpusWriter::kRate, 4);
  put_number(packet, 0, 2);  // gain
  put_number(packet, 0, 1);  // the channels are left and right
  return packet;
}

// RFC 7845, 5.2.
std::string tags_packet(const std::vector<std::pair<std::string, std::string>>& tags) {
  std::string packet = "OpusTags";
  put_text(packet, "Parley");
  put_number(packet, tags.size(), 4);
  for (const auto& [name, value] : tags) put_text(packet, name + "=" + value);
  return packet;
}

}  // namespace

struct OggOpusWriter::State {
  State(OpusPacker made, const OggOpusSettings& settings)
      : packer(std::move(made)), channels(settings.channels), pre_skip(packer.lookahead()) {
    ogg_stream_init(&stream, static_cast<int>(settings.serial));
    put_packet(head_packet(channels, pre_skip), 0, false);
    flush();
    put_packet(tags_packet(settings.tags), 0, false);
    flush();
  }
  ~State() { ogg_stream_clear(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // libogg copies the packet.
  void put_packet(std::string_view bytes, std::int64_t ends, bool last) {
    ogg_packet packet{};
    packet.packet = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    packet.bytes = static_cast<long>(bytes.size());
    packet.b_o_s = packets == 0 ? 1 : 0;
    packet.e_o_s = last ? 1 : 0;
    packet.granulepos = ends;
    packet.packetno = packets++;
    ogg_stream_packetin(&stream, &packet);
  }

  void flush() {
    ogg_page page{};
    while (ogg_stream_flush(&stream, &page) != 0) {
      ready.append(reinterpret_cast<const char*>(page.header), static_cast<std::size_t>(page.header_len));
      ready.append(reinterpret_cast<const char*>(page.body), static_cast<std::size_t>(page.body_len));
    }
    on_page = 0;
  }

  std::int64_t frames_in(std::size_t samples) const { return static_cast<std::int64_t>(samples) / channels; }

  // `end` is where the stream ends, should it end in this packet.
  Result<> pack(std::span<const std::int16_t> frame, std::int64_t end) {
    const auto packed = packer.pack(frame);
    if (!packed) return packed.error();
    position += frames_in(frame.size());
    const bool last = position >= end;
    put_packet({reinterpret_cast<const char*>(packed->data()), packed->size()}, std::min(position, end),
               last);
    if (++on_page >= kPacketsPerPage || last) flush();
    return {};
  }

  OpusPacker packer;
  int channels;
  int pre_skip;
  ogg_stream_state stream{};
  std::int64_t packets = 0;   // with the two of the head
  std::int64_t written = 0;   // frames that came
  std::int64_t position = 0;  // frames that were packed
  int on_page = 0;
  std::vector<std::int16_t> rest;  // does not fill a packet
  std::string ready;
};

OggOpusWriter::OggOpusWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
OggOpusWriter::~OggOpusWriter() = default;
OggOpusWriter::OggOpusWriter(OggOpusWriter&&) noexcept = default;
OggOpusWriter& OggOpusWriter::operator=(OggOpusWriter&&) noexcept = default;

Result<OggOpusWriter> OggOpusWriter::create(const OggOpusSettings& settings) {
  auto packer = OpusPacker::create({.use = OpusUse::kRecording,
                                    .format = {kRate, settings.channels},
                                    .bitrate = settings.bitrate,
                                    .complexity = settings.complexity});
  if (!packer) return packer.error();
  return OggOpusWriter(std::make_unique<State>(std::move(*packer), settings));
}

Result<std::string> OggOpusWriter::write(std::span<const std::int16_t> samples) {
  State& state = *state_;
  if (samples.size() % static_cast<std::size_t>(state.channels) != 0) {
    return Error{ErrorCode::kBadRequest, "the samples do not make whole frames", "samples"};
  }
  state.written += state.frames_in(samples.size());
  const std::size_t packet = state.packer.frame_samples();
  while (state.rest.size() + samples.size() >= packet) {
    const auto taken = samples.first(packet - state.rest.size());
    samples = samples.subspan(taken.size());
    state.rest.insert(state.rest.end(), taken.begin(), taken.end());
    const auto packed = state.pack(state.rest, INT64_MAX);
    if (!packed) return packed.error();
    state.rest.clear();
  }
  state.rest.insert(state.rest.end(), samples.begin(), samples.end());
  return std::exchange(state.ready, {});
}

Result<std::string> OggOpusWriter::finish() {
  State& state = *state_;
  const std::int64_t end = state.written + state.pre_skip;
  while (state.position < end) {
    state.rest.resize(state.packer.frame_samples());
    const auto packed = state.pack(state.rest, end);
    if (!packed) return packed.error();
    state.rest.clear();
  }
  return std::exchange(state.ready, {});
}

}  // namespace parley::audio
