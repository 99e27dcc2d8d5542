// SPDX-License-Identifier: Apache-2.0
// How English questions and requests begin.
#pragma once

#include <string>
#include <vector>

namespace parley::speech {

// Beginnings as words, lower case; the common ones stand more than once, in different lengths.
const std::vector<std::vector<std::string>>& question_forms();

}  // namespace parley::speech
