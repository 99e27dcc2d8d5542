// SPDX-License-Identifier: Apache-2.0
// The schema as a numbered sequence of steps, kept as SQL files in migrations/ and built into the binary.
#pragma once

#include "runtime/result.hpp"
#include "storage/session.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace parley::storage {

struct Migration {
  std::int64_t number;
  std::string_view name;
  std::string_view sql;
};

// In order, numbers from 1 without a gap.
std::span<const Migration> all_migrations();

// Applies what is missing, all in one transaction, and records each step with a checksum of its text.
// CONFLICT when the database holds a step this binary does not know (it was written by a newer version) or
// one whose text was changed afterwards; nothing is changed then.
runtime::Result<> migrate(Session& session, std::span<const Migration> migrations);

}  // namespace parley::storage
