// SPDX-License-Identifier: Apache-2.0
// One connection to the database, lent by Database for the length of a call. Repositories are written against
// this class in SQL that SQLite and PostgreSQL share.
#pragma once

#include "runtime/context.hpp"
#include "runtime/log.hpp"
#include "storage/value.hpp"

#include <memory>
#include <string>
#include <string_view>

struct sqlite3;

namespace parley::storage {

// Adds functions to a connection when it is opened; returns SQLite's result code. What uses them stays in a
// store/ folder, since another database needs its own.
using SqliteExtension = int (*)(sqlite3* connection);

struct SessionOptions {
  std::string path;
  bool read_only = false;
  std::chrono::milliseconds busy_timeout{5000};
  std::vector<SqliteExtension> extensions = {};
  std::shared_ptr<runtime::Log> log = runtime::Log::none();
};

// For one thread at a time; every call blocks. Errors: OVERLOADED (locked by another process for too long),
// CONFLICT (a constraint), CANCELLED or TIMEOUT (the context ended), PAYLOAD_TOO_LARGE, SERVICE_UNAVAILABLE
// (disk full, not writable, cannot be opened), INTERNAL_ERROR (damaged file, wrong SQL). Their messages hold
// neither SQL nor paths; unexpected ones are logged with SQLite's own words.
class Session {
 public:
  // Opens or, unless read-only, makes the file: WAL, synchronous=FULL, foreign keys on, deleted content
  // overwritten.
  static runtime::Result<std::unique_ptr<Session>> open(SessionOptions options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // One statement; parameters are $1, $2, ... and may repeat. Statements are kept prepared, so that the text
  // is best a constant.
  runtime::Result<Rows> query(std::string_view sql, Params params = {});

  // The same for a statement without a result: how many rows it changed.
  runtime::Result<std::int64_t> execute(std::string_view sql, Params params = {});

  // Several statements without parameters: migrations.
  runtime::Result<> run_script(const std::string& sql);

  // While set, statements end with CANCELLED or TIMEOUT once the context does. The context must outlive it.
  void watch(const runtime::Context* context);

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace parley::storage
