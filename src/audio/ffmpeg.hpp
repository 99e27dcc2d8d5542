// SPDX-License-Identifier: Apache-2.0
// FFmpeg, loaded when it is first needed: with what they pull in its libraries are a hundred, which would
// cost every start of the program 30 ms. Inside parley::audio the names below hide FFmpeg's own functions and
// point to the loaded ones; call load_converter() or load_demuxer() before any of them.
#pragma once

#include "runtime/result.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

// Sample conversion: libavutil and libswresample.
#define PARLEY_FFMPEG_CONVERTER(X)     \
  X(avutil, av_channel_layout_default) \
  X(avutil, av_opt_set_sample_fmt)     \
  X(swresample, swr_alloc_set_opts2)   \
  X(swresample, swr_convert)           \
  X(swresample, swr_free)              \
  X(swresample, swr_get_out_samples)   \
  X(swresample, swr_init)

// Reading files: libavformat and libavcodec as well.
#define PARLEY_FFMPEG_DEMUXER(X)            \
  X(avutil, av_dict_free)                   \
  X(avutil, av_dict_set)                    \
  X(avutil, av_dict_set_int)                \
  X(avutil, av_frame_alloc)                 \
  X(avutil, av_frame_free)                  \
  X(avutil, av_frame_unref)                 \
  X(avutil, av_freep)                       \
  X(avutil, av_log_set_level)               \
  X(avutil, av_malloc)                      \
  X(avutil, av_rescale)                     \
  X(avcodec, av_packet_alloc)               \
  X(avcodec, av_packet_free)                \
  X(avcodec, av_packet_unref)               \
  X(avcodec, avcodec_alloc_context3)        \
  X(avcodec, avcodec_free_context)          \
  X(avcodec, avcodec_open2)                 \
  X(avcodec, avcodec_parameters_to_context) \
  X(avcodec, avcodec_receive_frame)         \
  X(avcodec, avcodec_send_packet)           \
  X(avformat, av_find_best_stream)          \
  X(avformat, av_read_frame)                \
  X(avformat, avformat_alloc_context)       \
  X(avformat, avformat_close_input)         \
  X(avformat, avformat_find_stream_info)    \
  X(avformat, avformat_open_input)          \
  X(avformat, avio_alloc_context)           \
  X(avformat, avio_context_free)

namespace parley::audio {

#define PARLEY_FFMPEG_DECLARE(library, name) extern decltype(&::name) name;
PARLEY_FFMPEG_CONVERTER(PARLEY_FFMPEG_DECLARE)
PARLEY_FFMPEG_DEMUXER(PARLEY_FFMPEG_DECLARE)
#undef PARLEY_FFMPEG_DECLARE

// Any thread. SERVICE_UNAVAILABLE, naming the library, where FFmpeg is not installed.
runtime::Result<> load_converter();
runtime::Result<> load_demuxer();

}  // namespace parley::audio
