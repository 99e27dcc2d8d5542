// SPDX-License-Identifier: Apache-2.0
#include "audio/wav.hpp"

#include "audio/g711.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

namespace parley::audio {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kBlockFrames = 4096;
constexpr int kMaxChunks = 1000;  // a real file has ten; a hostile one has millions of empty ones
constexpr std::uint32_t kUnknownSize = 0xFFFFFFFF;

std::uint32_t little_endian(Bytes bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

std::uint64_t little_endian64(Bytes bytes) {
  return little_endian(bytes.first(4)) | std::uint64_t{little_endian(bytes.subspan(4, 4))} << 32;
}

bool named(Bytes bytes, std::string_view id) { return std::memcmp(bytes.data(), id.data(), 4) == 0; }

Error damaged(std::string message) { return Error{ErrorCode::kBadRequest, std::move(message)}; }

// ---- sample formats

std::int16_t from_float(double value) {
  if (!(value > -1.0)) return std::isnan(value) ? std::int16_t{0} : std::int16_t{-32768};
  return value >= 1.0 ? std::int16_t{32767} : static_cast<std::int16_t>(std::lround(value * 32767.0));
}

std::size_t sample_bytes(WavEncoding encoding) {
  switch (encoding) {
    case WavEncoding::kUnsigned8:
    case WavEncoding::kALaw:
    case WavEncoding::kMuLaw:
      return 1;
    case WavEncoding::kSigned16:
      return 2;
    case WavEncoding::kSigned24:
      return 3;
    case WavEncoding::kSigned32:
    case WavEncoding::kFloat32:
      return 4;
    case WavEncoding::kFloat64:
      return 8;
  }
  return 1;
}

std::int16_t decode_sample(WavEncoding encoding, Bytes at) {
  switch (encoding) {
    case WavEncoding::kUnsigned8:
      return static_cast<std::int16_t>((at[0] - 128) * 256);
    case WavEncoding::kALaw:
      return from_a_law(at[0]);
    case WavEncoding::kMuLaw:
      return from_mu_law(at[0]);
    case WavEncoding::kSigned16:
    case WavEncoding::kSigned24:
    case WavEncoding::kSigned32:  // the two most significant bytes
      return static_cast<std::int16_t>(little_endian(at.last(2)));
    case WavEncoding::kFloat32:
      return from_float(std::bit_cast<float>(little_endian(at)));
    case WavEncoding::kFloat64:
      return from_float(std::bit_cast<double>(little_endian64(at)));
  }
  return 0;
}

// ---- chunks

std::optional<WavEncoding> encoding_of(std::uint32_t tag, std::uint32_t bits) {
  switch (tag) {
    case 1:
      if (bits == 8) return WavEncoding::kUnsigned8;
      if (bits == 16) return WavEncoding::kSigned16;
      if (bits == 24) return WavEncoding::kSigned24;
      if (bits == 32) return WavEncoding::kSigned32;
      return std::nullopt;
    case 3:
      if (bits == 32) return WavEncoding::kFloat32;
      if (bits == 64) return WavEncoding::kFloat64;
      return std::nullopt;
    case 6:
      return WavEncoding::kALaw;
    case 7:
      return WavEncoding::kMuLaw;
    default:
      return std::nullopt;
  }
}

runtime::Result<WavInfo> parse_format(Bytes chunk) {
  constexpr std::uint32_t kExtensible = 0xFFFE;
  if (chunk.size() < 16) return damaged("the WAV file has a damaged format header");
  std::uint32_t tag = little_endian(chunk.first(2));
  const std::uint32_t channels = little_endian(chunk.subspan(2, 2));
  const std::uint32_t rate = little_endian(chunk.subspan(4, 4));
  const std::uint32_t frame = little_endian(chunk.subspan(12, 2));
  const std::uint32_t bits = little_endian(chunk.subspan(14, 2));
  if (tag == kExtensible) {
    if (chunk.size() < 40) return damaged("the WAV file has a damaged format header");
    tag = little_endian(chunk.subspan(24, 2));  // the first bytes of the sub-format GUID
  }
  const auto allowed = check_format(rate, channels);
  if (!allowed) return allowed.error();
  const auto encoding = encoding_of(tag, bits);
  if (!encoding) {
    return Error{ErrorCode::kUnsupportedMedia, "the WAV file uses an encoding that is not supported",
                 std::string(kUnknownWavEncoding)};
  }
  WavInfo info;
  info.format = {static_cast<int>(rate), static_cast<int>(channels)};
  info.encoding = *encoding;
  if (frame != info.frame_bytes()) return damaged("the WAV file has a damaged format header");
  return info;
}

// Walks the chunks up to the samples.
class HeaderParser {
 public:
  explicit HeaderParser(ByteSource& source) : source_(source) {}

  runtime::Result<WavInfo> run() {
    std::array<std::uint8_t, 12> head{};
    if (!fill(head) || !is_wav(head)) return Error{ErrorCode::kUnsupportedMedia, "this is no WAV file"};
    riff_bytes_ = little_endian(Bytes(head).subspan(4, 4));
    for (int i = 0; i < kMaxChunks; ++i) {
      std::array<std::uint8_t, 8> chunk{};
      if (!fill(chunk)) return damaged("the WAV file holds no audio");
      const std::uint32_t bytes = little_endian(Bytes(chunk).subspan(4, 4));
      if (named(chunk, "data")) return at_samples(bytes);
      const auto status = at_chunk(chunk, bytes);
      if (!status) return status.error();
    }
    return damaged("the WAV file has too many chunks before its samples");
  }

 private:
  bool fill(std::span<std::uint8_t> into) {
    position_ += into.size();
    return source_.read(into) == into.size();
  }

  runtime::Result<> at_chunk(Bytes id, std::uint32_t bytes) {
    const std::uint64_t next = position_ + bytes + (bytes & 1);  // chunks are padded to an even length
    if (named(id, "fmt ") || named(id, "ds64")) {
      std::array<std::uint8_t, 40> body{};
      const auto used = std::span(body).first(std::min<std::size_t>(bytes, body.size()));
      if (!fill(used)) return damaged("the WAV file ends inside its header");
      const auto status = named(id, "fmt ") ? at_format(used) : at_sizes(used);
      if (!status) return status.error();
    }
    position_ = next;
    if (!source_.seek(next)) return damaged("the WAV file cannot be read");
    return {};
  }

  runtime::Result<> at_format(Bytes body) {
    auto parsed = parse_format(body);
    if (!parsed) return parsed.error();
    info_ = *parsed;
    return {};
  }

  runtime::Result<> at_sizes(Bytes body) {
    if (body.size() < 16) return damaged("the WAV file has a damaged size header");
    long_data_bytes_ = little_endian64(body.subspan(8, 8));
    return {};
  }

  runtime::Result<WavInfo> at_samples(std::uint32_t declared) {
    if (!info_) return damaged("the WAV file does not say its format before its samples");
    const std::uint64_t there = source_.size() > position_ ? source_.size() - position_ : 0;
    const bool complete = riff_bytes_ + std::uint64_t{8} == source_.size();
    std::uint64_t promised = declared;
    if (declared == kUnknownSize) {
      promised = long_data_bytes_.value_or(there);
    } else if (declared == 0 && !complete) {
      promised = there;
    }
    info_->data_begin = position_;
    info_->truncated = promised > there;
    info_->data_bytes = std::min(promised, there) / info_->frame_bytes() * info_->frame_bytes();
    if (info_->data_bytes == 0) return damaged("the WAV file holds no audio");
    return *info_;
  }

  ByteSource& source_;
  std::uint64_t position_ = 0;
  std::uint32_t riff_bytes_ = 0;
  std::optional<WavInfo> info_;
  std::optional<std::uint64_t> long_data_bytes_;  // of RF64
};

void put(std::span<std::uint8_t> into, std::uint32_t value) {
  for (auto& byte : into) {
    byte = static_cast<std::uint8_t>(value);
    value >>= 8;
  }
}

constexpr std::uint64_t kMaxDataBytes = std::numeric_limits<std::uint32_t>::max() - kWavHeaderBytes;
Error too_long() { return Error{ErrorCode::kPayloadTooLarge, "a WAV file holds at most 4 GiB"}; }

}  // namespace

std::size_t WavInfo::frame_bytes() const {
  return sample_bytes(encoding) * static_cast<std::size_t>(format.channels);
}

bool is_wav(std::span<const std::uint8_t> head) {
  if (head.size() < 12) return false;
  const bool container = named(head, "RIFF") || named(head, "RF64") || named(head, "BW64");
  return container && named(head.subspan(8), "WAVE");
}

runtime::Result<WavInfo> WavReader::parse(ByteSource& source) {
  source.seek(0);
  return HeaderParser(source).run();
}

runtime::Result<std::unique_ptr<WavReader>> WavReader::open(std::unique_ptr<ByteSource> source) {
  const auto info = parse(*source);
  if (!info) return info.error();
  return open(std::move(source), *info);
}

runtime::Result<std::unique_ptr<WavReader>> WavReader::open(std::unique_ptr<ByteSource> source,
                                                            const WavInfo& info) {
  if (!source->seek(info.data_begin)) return damaged("the WAV file cannot be read");
  return std::unique_ptr<WavReader>(new WavReader(std::move(source), info));
}

WavReader::WavReader(std::unique_ptr<ByteSource> source, const WavInfo& info)
    : source_(std::move(source)), info_(info), left_(info.data_bytes) {}

std::optional<std::int64_t> WavReader::total_frames() const {
  return static_cast<std::int64_t>(info_.data_bytes / info_.frame_bytes());
}

runtime::Result<std::optional<Pcm>> WavReader::read() {
  const std::size_t frame = info_.frame_bytes();
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, kBlockFrames * frame));
  bytes_.resize(wanted);
  const std::size_t count = wanted == 0 ? 0 : source_->read(bytes_) / frame * frame;
  left_ = count < wanted ? 0 : left_ - count;
  if (count < wanted) info_.truncated = true;  // the file shrank, or the device failed
  if (count == 0) return std::optional<Pcm>();

  const std::size_t width = sample_bytes(info_.encoding);
  Pcm block{info_.format, std::vector<std::int16_t>(count / width)};
  for (std::size_t i = 0; i < block.samples.size(); ++i) {
    block.samples[i] = decode_sample(info_.encoding, Bytes(bytes_).subspan(i * width, width));
  }
  return std::optional<Pcm>(std::move(block));
}

std::array<std::uint8_t, kWavHeaderBytes> wav_header(PcmFormat format, std::uint32_t data_bytes) {
  std::array<std::uint8_t, kWavHeaderBytes> header{};
  const std::span bytes(header);
  const auto frame = static_cast<std::uint32_t>(format.channels) * 2;
  std::memcpy(bytes.data(), "RIFF", 4);
  put(bytes.subspan(4, 4),
      data_bytes == 0 ? 0 : data_bytes + static_cast<std::uint32_t>(kWavHeaderBytes) - 8);
  std::memcpy(bytes.data() + 8, "WAVEfmt ", 8);
  put(bytes.subspan(16, 4), 16);
  put(bytes.subspan(20, 2), 1);
  put(bytes.subspan(22, 2), static_cast<std::uint32_t>(format.channels));
  put(bytes.subspan(24, 4), static_cast<std::uint32_t>(format.rate));
  put(bytes.subspan(28, 4), static_cast<std::uint32_t>(format.rate) * frame);
  put(bytes.subspan(32, 2), frame);
  put(bytes.subspan(34, 2), 16);
  std::memcpy(bytes.data() + 36, "data", 4);
  put(bytes.subspan(40, 4), data_bytes);
  return header;
}

namespace {

std::vector<std::uint8_t> to_little_endian(std::span<const std::int16_t> samples) {
  std::vector<std::uint8_t> bytes(samples.size() * 2);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    put(std::span(bytes).subspan(i * 2, 2), static_cast<std::uint16_t>(samples[i]));
  }
  return bytes;
}

}  // namespace

runtime::Result<std::string> encode_wav(const Pcm& pcm) {
  if (pcm.samples.size() * 2 > kMaxDataBytes) return too_long();
  const auto header = wav_header(pcm.format, static_cast<std::uint32_t>(pcm.samples.size() * 2));
  const auto data = to_little_endian(pcm.samples);
  std::string file(header.begin(), header.end());
  file.append(data.begin(), data.end());
  return file;
}

void WavWriter::CloseFile::operator()(std::FILE* file) const { std::fclose(file); }

WavWriter::WavWriter(std::unique_ptr<std::FILE, CloseFile> file, PcmFormat format)
    : file_(std::move(file)), format_(format) {}

runtime::Result<WavWriter> WavWriter::create(const std::filesystem::path& path, PcmFormat format) {
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "wb"));
  const auto header = wav_header(format, 0);
  if (!file || std::fwrite(header.data(), 1, header.size(), file.get()) != header.size()) {
    return Error{ErrorCode::kBadRequest, "the audio file cannot be written"};
  }
  return WavWriter(std::move(file), format);
}

runtime::Result<> WavWriter::write(std::span<const std::int16_t> samples) {
  if (data_bytes_ + samples.size() * 2 > kMaxDataBytes) return too_long();
  const auto bytes = to_little_endian(samples);
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    return Error{ErrorCode::kInternalError, "the audio file could not be written to the end"};
  }
  data_bytes_ += bytes.size();
  return {};
}

runtime::Result<> WavWriter::finish() {
  const auto header = wav_header(format_, static_cast<std::uint32_t>(data_bytes_));
  const bool patched = std::fseek(file_.get(), 0, SEEK_SET) == 0 &&
                       std::fwrite(header.data(), 1, header.size(), file_.get()) == header.size();
  const bool closed = std::fclose(file_.release()) == 0;
  if (!patched || !closed) {
    return Error{ErrorCode::kInternalError, "the audio file could not be written to the end"};
  }
  return {};
}

}  // namespace parley::audio
