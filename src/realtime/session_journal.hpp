// SPDX-License-Identifier: Apache-2.0
// The records of sessions in the database, so that they outlive the process. Nothing of what is said is in
// them.
#pragma once

#include "conversation/session_store.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"

#include <memory>
#include <vector>

namespace parley::storage {
class Database;
}

namespace parley::realtime {

struct SessionJournalParts {
  storage::Database& database;
  runtime::ComputePool& pool;  // on which it writes; outlived by the database
  std::shared_ptr<runtime::Log> log;
};

// Many changes become one transaction: whatever has come while one was being written is in the next. Holds at
// most one change for each session of the store. What cannot be written (a full disk) is logged once, kept,
// and tried again with the next change.
std::shared_ptr<conversation::SessionJournal> make_session_journal(SessionJournalParts parts);

// The records of earlier processes, the oldest first; one that this binary cannot read is logged and left
// out. Blocks. Errors as storage::Session.
runtime::Result<std::vector<conversation::SessionRecord>> journalled_sessions(storage::Database& database,
                                                                              runtime::Log& log);

}  // namespace parley::realtime
