// SPDX-License-Identifier: Apache-2.0
#include "audio/ffmpeg.hpp"

#include <string>

#include <dlfcn.h>

namespace parley::audio {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

#define PARLEY_FFMPEG_DEFINE(library, name) decltype(&::name) name = nullptr;
PARLEY_FFMPEG_CONVERTER(PARLEY_FFMPEG_DEFINE)
PARLEY_FFMPEG_DEMUXER(PARLEY_FFMPEG_DEFINE)
#undef PARLEY_FFMPEG_DEFINE

namespace {

// The version whose headers this was built with; another one may lay its structures out differently.
constexpr const char* avutil = "libavutil.so." AV_STRINGIFY(LIBAVUTIL_VERSION_MAJOR);
constexpr const char* swresample = "libswresample.so." AV_STRINGIFY(LIBSWRESAMPLE_VERSION_MAJOR);
constexpr const char* avcodec = "libavcodec.so." AV_STRINGIFY(LIBAVCODEC_VERSION_MAJOR);
constexpr const char* avformat = "libavformat.so." AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR);

template <class Function>
Result<> find(const char* library, const char* name, Function& function) {
  // Never closed: FFmpeg is used until the process ends, and opening again only counts.
  void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  function = handle == nullptr ? nullptr : reinterpret_cast<Function>(dlsym(handle, name));
  if (function != nullptr) return {};
  return Error{ErrorCode::kServiceUnavailable, std::string("FFmpeg is not installed here: ") + library};
}

#define PARLEY_FFMPEG_FIND(library, name)                             \
  if (const auto found = find(library, #name, audio::name); !found) { \
    return found.error();                                             \
  }

Result<> find_converter() {
  PARLEY_FFMPEG_CONVERTER(PARLEY_FFMPEG_FIND)
  return {};
}

Result<> find_demuxer() {
  PARLEY_FFMPEG_DEMUXER(PARLEY_FFMPEG_FIND)
  // FFmpeg writes what it thinks of damaged files to standard error unless told not to.
  av_log_set_level(AV_LOG_QUIET);
  return {};
}

#undef PARLEY_FFMPEG_FIND

}  // namespace

Result<> load_converter() {
  static const Result<> loaded = find_converter();
  return loaded;
}

Result<> load_demuxer() {
  const auto converter = load_converter();
  if (!converter) return converter.error();
  static const Result<> loaded = find_demuxer();
  return loaded;
}

}  // namespace parley::audio
