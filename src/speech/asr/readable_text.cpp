// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/readable_text.hpp"

#include "text/written.hpp"

namespace parley::speech {

std::string readable_text(std::string_view spoken) { return text::written_text(spoken); }

}  // namespace parley::speech
