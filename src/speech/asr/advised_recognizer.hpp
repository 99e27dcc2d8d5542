// SPDX-License-Identifier: Apache-2.0
// A recogniser that answers for languages it does not know with the model to fetch.
#pragma once

#include "speech/recognizer.hpp"

#include <memory>

namespace parley::speech {

std::unique_ptr<Recognizer> advised(std::unique_ptr<Recognizer> engine, ModelAdvice advice);

}  // namespace parley::speech
