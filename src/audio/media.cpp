// SPDX-License-Identifier: Apache-2.0
#include "audio/media.hpp"

#include "audio/ffmpeg.hpp"

#include <utility>

namespace parley::audio {
namespace {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

// No format here opens further files or addresses; playlists, SDP and device inputs are left out.
constexpr const char* kFormats =
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,flac,flv,matroska,webm,mov,mp4,m4a,mp3,mpeg,mpegts,ogg,tta,voc,w64,"
    "wav,wv";
constexpr int kIoBytes = 32768;
constexpr int kProbeBytes = 2 << 20;
constexpr int kMaxBadPackets = 200;  // in a row

template <auto& Free>
struct FreeByAddress {
  template <class T>
  void operator()(T* object) const {
    Free(&object);
  }
};
struct FreeIo {
  void operator()(AVIOContext* io) const {
    av_freep(&io->buffer);
    avio_context_free(&io);
  }
};
using Io = std::unique_ptr<AVIOContext, FreeIo>;
using Demuxer = std::unique_ptr<AVFormatContext, FreeByAddress<avformat_close_input>>;
using Decoder = std::unique_ptr<AVCodecContext, FreeByAddress<avcodec_free_context>>;
using Packet = std::unique_ptr<AVPacket, FreeByAddress<av_packet_free>>;
using Frame = std::unique_ptr<AVFrame, FreeByAddress<av_frame_free>>;
using Converter = std::unique_ptr<SwrContext, FreeByAddress<swr_free>>;

Error no_audio() {
  return Error{ErrorCode::kUnsupportedMedia, "the file holds no audio in a format that is supported"};
}

int read_source(void* opaque, std::uint8_t* into, int bytes) {
  const auto count = static_cast<ByteSource*>(opaque)->read({into, static_cast<std::size_t>(bytes)});
  return count == 0 ? AVERROR_EOF : static_cast<int>(count);
}

std::int64_t seek_source(void* opaque, std::int64_t offset, int whence) {
  auto& source = *static_cast<ByteSource*>(opaque);
  if (whence == AVSEEK_SIZE) return static_cast<std::int64_t>(source.size());
  // libavformat itself turns SEEK_CUR and SEEK_END into positions.
  if (whence != SEEK_SET || offset < 0 || !source.seek(static_cast<std::uint64_t>(offset)))
    return AVERROR(EINVAL);
  return offset;
}

class MediaReader final : public AudioReader {
 public:
  explicit MediaReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  Result<> open() {
    packet_.reset(av_packet_alloc());
    frame_.reset(av_frame_alloc());
    const auto demuxed = open_demuxer();
    if (!demuxed) return demuxed.error();
    const auto decoding = open_decoder();
    if (!decoding) return decoding.error();
    auto first = decode();
    if (!first) return first.error();
    if (!*first) return no_audio();
    first_ = std::move(*first);
    return {};
  }

  PcmFormat format() const override { return format_; }

  std::optional<std::int64_t> total_frames() const override {
    // A length guessed from the bit rate at the start may be wrong three times over.
    const bool guessed = demuxer_->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE;
    if (guessed || demuxer_->duration <= 0) return std::nullopt;
    return av_rescale(demuxer_->duration, format_.rate, AV_TIME_BASE);
  }

  Result<std::optional<Pcm>> read() override {
    if (first_) return std::exchange(first_, std::nullopt);
    return decode();
  }

  bool truncated() const override { return damaged_; }

 private:
  Result<> open_demuxer() {
    auto* buffer = static_cast<unsigned char*>(av_malloc(kIoBytes));
    io_.reset(avio_alloc_context(buffer, kIoBytes, 0, source_.get(), read_source, nullptr, seek_source));
    AVFormatContext* context = avformat_alloc_context();
    context->pb = io_.get();
    AVDictionary* options = nullptr;
    av_dict_set(&options, "format_whitelist", kFormats, 0);
    av_dict_set(&options, "protocol_whitelist", "", 0);
    av_dict_set_int(&options, "probesize", kProbeBytes, 0);
    av_dict_set_int(&options, "max_streams", 32, 0);
    const int opened = avformat_open_input(&context, nullptr, nullptr, &options);
    av_dict_free(&options);
    if (opened < 0) return no_audio();  // which has freed the context
    demuxer_.reset(context);
    return {};
  }

  Result<> open_decoder() {
    for (unsigned i = 0; i < demuxer_->nb_streams; ++i) {
      AVStream* stream = demuxer_->streams[i];
      if (stream->codecpar->codec_type != AVMEDIA_TYPE_AUDIO) stream->discard = AVDISCARD_ALL;
    }
    if (avformat_find_stream_info(demuxer_.get(), nullptr) < 0) return no_audio();
    const AVCodec* codec = nullptr;
    stream_ = av_find_best_stream(demuxer_.get(), AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
    if (stream_ < 0 || codec == nullptr) return no_audio();
    const AVStream* stream = demuxer_->streams[stream_];
    const AVCodecParameters* about = stream->codecpar;
    const auto allowed = check_format(about->sample_rate, about->ch_layout.nb_channels);
    if (!allowed) return allowed.error();
    format_ = {about->sample_rate, about->ch_layout.nb_channels};
    decoder_.reset(avcodec_alloc_context3(codec));
    decoder_->thread_count = 1;
    decoder_->pkt_timebase = stream->time_base;
    if (avcodec_parameters_to_context(decoder_.get(), about) < 0) return no_audio();
    if (avcodec_open2(decoder_.get(), codec, nullptr) < 0) return no_audio();
    return {};
  }

  // The next decoded frame, as samples of format_.
  Result<std::optional<Pcm>> decode() {
    while (true) {
      const int got = avcodec_receive_frame(decoder_.get(), frame_.get());
      if (got == AVERROR_EOF) return std::optional<Pcm>();
      if (got == AVERROR(EAGAIN)) {
        feed();
        continue;
      }
      if (got < 0) {
        if (!tolerate()) return std::optional<Pcm>();
        continue;
      }
      bad_packets_ = 0;
      auto block = convert();
      av_frame_unref(frame_.get());
      if (!block) return block.error();
      if (block->samples.empty()) continue;
      frames_given_ += static_cast<std::int64_t>(block->frames());
      if (frames_given_ > kMaxSeconds * format_.rate) {
        return Error{ErrorCode::kPayloadTooLarge, "the audio is longer than a day"};
      }
      return std::optional<Pcm>(std::move(*block));
    }
  }

  // Gives the decoder the next packet of the track, or the end.
  void feed() {
    while (true) {
      const int got = av_read_frame(demuxer_.get(), packet_.get());
      if (got < 0) {
        if (got != AVERROR_EOF) damaged_ = true;
        avcodec_send_packet(decoder_.get(), nullptr);
        return;
      }
      const bool ours = packet_->stream_index == stream_;
      const int sent = ours ? avcodec_send_packet(decoder_.get(), packet_.get()) : 0;
      av_packet_unref(packet_.get());
      if (!ours) continue;
      if (sent < 0 && !tolerate()) avcodec_send_packet(decoder_.get(), nullptr);
      return;
    }
  }

  // A damaged packet is passed over; a long run of them is the end.
  bool tolerate() {
    damaged_ = true;
    return ++bad_packets_ < kMaxBadPackets;
  }

  Result<Pcm> convert() {
    const auto allowed = check_format(frame_->sample_rate, frame_->ch_layout.nb_channels);
    if (!allowed) return allowed.error();
    if (!prepare_converter()) return no_audio();
    const int room = swr_get_out_samples(converter_.get(), frame_->nb_samples);
    if (room < 0) return no_audio();
    Pcm block{format_, std::vector<std::int16_t>(static_cast<std::size_t>(room) *
                                                 static_cast<std::size_t>(format_.channels))};
    auto* out = reinterpret_cast<std::uint8_t*>(block.samples.data());
    const int made = swr_convert(converter_.get(), &out, room,
                                 const_cast<const std::uint8_t**>(frame_->extended_data), frame_->nb_samples);
    if (made < 0) return no_audio();
    block.samples.resize(static_cast<std::size_t>(made) * static_cast<std::size_t>(format_.channels));
    return block;
  }

  // Rate and channels may change in the middle of a track; what is given out does not.
  bool prepare_converter() {
    const PcmFormat present{frame_->sample_rate, frame_->ch_layout.nb_channels};
    if (converter_ && present == input_ && frame_->format == input_sample_format_) return true;
    AVChannelLayout out{};
    av_channel_layout_default(&out, format_.channels);
    AVChannelLayout in{};
    av_channel_layout_default(&in, present.channels);
    SwrContext* context = nullptr;
    const int made =
        swr_alloc_set_opts2(&context, &out, AV_SAMPLE_FMT_S16, format_.rate, &in,
                            static_cast<AVSampleFormat>(frame_->format), present.rate, 0, nullptr);
    converter_.reset(context);
    input_ = present;
    input_sample_format_ = frame_->format;
    return made >= 0 && swr_init(converter_.get()) >= 0;
  }

  std::unique_ptr<ByteSource> source_;
  Io io_;
  Demuxer demuxer_;
  Decoder decoder_;
  Converter converter_;
  Packet packet_;
  Frame frame_;
  PcmFormat format_;
  PcmFormat input_;
  int input_sample_format_ = -1;
  int stream_ = -1;
  std::optional<Pcm> first_;
  std::int64_t frames_given_ = 0;
  int bad_packets_ = 0;
  bool damaged_ = false;
};

}  // namespace

Result<std::unique_ptr<AudioReader>> open_media(std::unique_ptr<ByteSource> source) {
  if (source->size() == 0) return Error{ErrorCode::kBadRequest, "the file is empty"};
  const auto loaded = load_demuxer();
  if (!loaded) return loaded.error();
  auto reader = std::make_unique<MediaReader>(std::move(source));
  const auto opened = reader->open();
  if (!opened) return opened.error();
  return std::unique_ptr<AudioReader>(std::move(reader));
}

}  // namespace parley::audio
