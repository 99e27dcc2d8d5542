// SPDX-License-Identifier: Apache-2.0
// Every other container and encoding, through FFmpeg: MP3, AAC, FLAC, Ogg, Opus, MP4, Matroska and more.
#pragma once

#include "audio/reader.hpp"

#include <memory>

namespace parley::audio {

// Opens the best audio track; pictures and video are ignored. Only formats that hold audio by themselves are
// tried: nothing that names other files or addresses, as playlists do. UNSUPPORTED_MEDIA when there is no
// audio that can be decoded or its format is outside the limits; reading fails with PAYLOAD_TOO_LARGE past
// kMaxSeconds. Damaged packets are passed over, and truncated() tells.
runtime::Result<std::unique_ptr<AudioReader>> open_media(std::unique_ptr<ByteSource> source);

}  // namespace parley::audio
