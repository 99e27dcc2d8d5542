// SPDX-License-Identifier: Apache-2.0
// Serves the built web page.
#pragma once

#include "net/http.hpp"

#include <cstddef>
#include <filesystem>

namespace parley::net {

inline constexpr std::size_t kMaxStaticBytes = 64 * 1024 * 1024;

// A handler for Router::fallback. The folder is read once, here: requests are answered from memory and cannot
// name anything that was not in it. Hidden files and links that lead outside are left out. "/" is index.html,
// and so is, for browsers that navigate, every path that looks like no file. Files below assets/ whose name
// carries a hash are cached for ever, the others are asked for again by ETag. NOT_FOUND when the folder has
// no index.html, PAYLOAD_TOO_LARGE when it holds more than kMaxStaticBytes.
runtime::Result<Handler> static_files(const std::filesystem::path& folder);

}  // namespace parley::net
