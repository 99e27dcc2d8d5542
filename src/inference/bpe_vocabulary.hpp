// SPDX-License-Identifier: Apache-2.0
// The word pieces of a model with their scores: a "bpe.vocab" as sherpa-onnx reads it, a piece and its score
// in each line. The engine ends the process on a line that is none.
#pragma once

#include "runtime/result.hpp"

#include <filesystem>

namespace parley::inference {

// NOT_FOUND when the file cannot be read; UNSUPPORTED_MEDIA when it is not such a list, or has only a part of
// the 256 pieces for single bytes. `param` of both names the file.
runtime::Result<> check_bpe_vocabulary(const std::filesystem::path& file);

}  // namespace parley::inference
