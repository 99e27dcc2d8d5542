// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace parley::app {

inline constexpr std::string_view kVersion = PARLEY_VERSION;

}  // namespace parley::app
