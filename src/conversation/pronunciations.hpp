// SPDX-License-Identifier: Apache-2.0
// The pronunciations that a client brings for its session.
#pragma once

#include "runtime/result.hpp"
#include "text/pronunciations.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace parley::conversation {

inline constexpr std::size_t kMostPronunciations = 200;

// Rows WRITTEN=SPOKEN (text/pronunciations.hpp); null for none. BAD_REQUEST, naming `param`.
runtime::Result<std::shared_ptr<const text::Pronunciations>> read_pronunciations(
    const std::vector<std::string>& rows, std::string param);

}  // namespace parley::conversation
