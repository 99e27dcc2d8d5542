// SPDX-License-Identifier: Apache-2.0
#include "storage/session.hpp"

#include <cerrno>
#include <unordered_map>

#include <sqlite3.h>

namespace parley::storage {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMaxCachedStatements = 128;
// Virtual machine steps between two looks at the context: well under a millisecond.
constexpr int kStepsBetweenChecks = 2000;

struct CloseConnection {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

Error disk_full() { return {ErrorCode::kServiceUnavailable, "the disk is full"}; }

// The one mapping from SQLite's result codes.
Error to_error(int code, int system_errno) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kOverloaded, "the database is busy", {}, std::chrono::seconds(1)};
    case SQLITE_CONSTRAINT:
      return {ErrorCode::kConflict, "this conflicts with what is stored already"};
    case SQLITE_INTERRUPT:
      return {ErrorCode::kCancelled, "the request was cancelled"};
    case SQLITE_TOOBIG:
      return {ErrorCode::kPayloadTooLarge, "this is too large to store"};
    case SQLITE_FULL:
      return disk_full();
    case SQLITE_IOERR:
      if (system_errno == ENOSPC || system_errno == EDQUOT) return disk_full();
      return {ErrorCode::kServiceUnavailable, "the disk cannot be read or written"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {ErrorCode::kServiceUnavailable, "the database cannot be written"};
    case SQLITE_CANTOPEN:
      return {ErrorCode::kServiceUnavailable, "the database cannot be opened"};
    case SQLITE_NOMEM:
      return {ErrorCode::kServiceUnavailable, "the server is out of memory"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kInternalError, "the database file is damaged"};
    default:
      return {ErrorCode::kInternalError, "the database failed"};
  }
}

bool is_expected(ErrorCode code) {
  return code == ErrorCode::kConflict || code == ErrorCode::kCancelled || code == ErrorCode::kTimeout;
}

}  // namespace

struct Session::State {
  SessionOptions options;
  std::unique_ptr<sqlite3, CloseConnection> connection;
  // After the connection, so that it goes before it.
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements;
  const runtime::Context* watched = nullptr;

  Error fail(int code) const {
    const Error error = to_error(code, sqlite3_system_errno(connection.get()));
    if (watched != nullptr && error.code == ErrorCode::kCancelled) {
      const Result<> ended = watched->check(runtime::SystemClock().now());
      if (!ended) return ended.error();
    }
    if (!is_expected(error.code)) {
      const runtime::Context nobody;
      options.log->error(watched != nullptr ? *watched : nobody, "sql_failed",
                         {{"code", sqlite3_extended_errcode(connection.get())},
                          {"detail", sqlite3_errmsg(connection.get())}});
    }
    return error;
  }

  Result<sqlite3_stmt*> prepare(std::string_view sql) {
    const auto known = statements.find(sql);
    if (known != statements.end()) return known->second.get();
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v3(connection.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (code != SQLITE_OK) return fail(code);
    // Far more texts than a program has constants: somebody builds SQL. Start afresh rather than grow.
    if (statements.size() >= kMaxCachedStatements) statements.clear();
    statements.emplace(std::string(sql), Statement(made));
    return made;
  }

  static int bind_one(sqlite3_stmt* statement, int index, const Value& value) {
    struct Binder {
      sqlite3_stmt* statement;
      int index;
      int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
      int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, index, number); }
      int operator()(double number) const { return sqlite3_bind_double(statement, index, number); }
      // Static: the parameters live until the statement is reset.
      int operator()(const std::string& text) const {
        return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
      }
      int operator()(const Bytes& bytes) const {
        if (bytes.empty()) return sqlite3_bind_zeroblob(statement, index, 0);
        return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_STATIC);
      }
    };
    return std::visit(Binder{statement, index}, value.held());
  }

  Result<> bind(sqlite3_stmt* statement, const Params& params) const {
    if (sqlite3_bind_parameter_count(statement) != static_cast<int>(params.size())) {
      throw std::logic_error("a statement and its parameters differ in number");
    }
    for (std::size_t i = 0; i < params.size(); ++i) {
      const std::string name = "$" + std::to_string(i + 1);
      const int index = sqlite3_bind_parameter_index(statement, name.c_str());
      if (index == 0) throw std::logic_error("a statement lacks parameter " + name);
      const int code = bind_one(statement, index, params[i]);
      if (code != SQLITE_OK) return fail(code);
    }
    return {};
  }

  static Value read(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER:
        return sqlite3_column_int64(statement, column);
      case SQLITE_FLOAT:
        return sqlite3_column_double(statement, column);
      case SQLITE_TEXT: {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
        return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
      }
      case SQLITE_BLOB: {
        const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement, column));
        return Bytes(bytes, bytes + sqlite3_column_bytes(statement, column));
      }
      default:
        return {};
    }
  }

  // Runs a statement to its end.
  Result<Rows> run(std::string_view sql, const Params& params) {
    const auto prepared = prepare(sql);
    if (!prepared) return prepared.error();
    struct Reset {
      sqlite3_stmt* statement;
      ~Reset() {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
      }
    };
    const Reset reset{*prepared};
    const Result<> bound = bind(*prepared, params);
    if (!bound) return bound.error();
    Rows rows;
    for (;;) {
      const int code = sqlite3_step(*prepared);
      if (code == SQLITE_DONE) return rows;
      if (code != SQLITE_ROW) return fail(code);
      std::vector<Value> values;
      const int columns = sqlite3_column_count(*prepared);
      values.reserve(static_cast<std::size_t>(columns));
      for (int i = 0; i < columns; ++i) values.push_back(read(*prepared, i));
      rows.emplace_back(std::move(values));
    }
  }

  static int on_progress(void* self) {
    const auto& state = *static_cast<const State*>(self);
    if (state.watched == nullptr) return 0;
    return state.watched->check(runtime::SystemClock().now()) ? 0 : 1;
  }
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(SessionOptions options) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  const int flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
      (state->options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(state->options.path.c_str(), &connection, flags, nullptr);
  state->connection.reset(connection);
  if (code != SQLITE_OK) return state->fail(code);
  sqlite3_busy_timeout(connection, static_cast<int>(state->options.busy_timeout.count()));
  sqlite3_progress_handler(connection, kStepsBetweenChecks, &State::on_progress, state.get());
  for (const SqliteExtension extension : state->options.extensions) {
    const int added = extension(connection);
    if (added != SQLITE_OK) return state->fail(added);
  }
  std::unique_ptr<Session> session(new Session(std::move(state)));
  if (!session->state_->options.read_only) {
    const auto mode = session->query("pragma journal_mode = wal");
    if (!mode) return mode.error();
  }
  const auto settings =
      session->run_script("pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on;");
  if (!settings) return settings.error();
  return session;
}

Result<Rows> Session::query(std::string_view sql, Params params) { return state_->run(sql, params); }

Result<std::int64_t> Session::execute(std::string_view sql, Params params) {
  const auto rows = state_->run(sql, params);
  if (!rows) return rows.error();
  return sqlite3_changes64(state_->connection.get());
}

Result<> Session::run_script(const std::string& sql) {
  const int code = sqlite3_exec(state_->connection.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return state_->fail(code);
  return {};
}

void Session::watch(const runtime::Context* context) { state_->watched = context; }

}  // namespace parley::storage
