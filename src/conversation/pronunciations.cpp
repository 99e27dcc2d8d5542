// SPDX-License-Identifier: Apache-2.0
#include "conversation/pronunciations.hpp"

#include <utility>

namespace parley::conversation {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<std::shared_ptr<const text::Pronunciations>> read_pronunciations(const std::vector<std::string>& rows,
                                                                        std::string param) {
  using Shared = std::shared_ptr<const text::Pronunciations>;
  if (rows.empty()) return Shared();
  if (rows.size() > kMostPronunciations) {
    return Error{ErrorCode::kBadRequest, "a session has at most 200 pronunciations", std::move(param)};
  }
  auto read = text::Pronunciations::parse(rows);
  if (!read) return Error{read.error().code, read.error().message, std::move(param)};
  return Shared(std::make_shared<const text::Pronunciations>(std::move(*read)));
}

}  // namespace parley::conversation
