// SPDX-License-Identifier: Apache-2.0
// The embedded database: one writer, a few readers, nobody waits for a reader.
#pragma once

#include "runtime/context.hpp"
#include "runtime/log.hpp"
#include "storage/migrations.hpp"
#include "storage/session.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <type_traits>
#include <vector>

namespace parley::storage {

struct DatabaseOptions {
  std::filesystem::path file;
  std::size_t readers = 4;
  std::chrono::milliseconds busy_timeout{5000};  // how long another process may hold the write lock
  std::vector<SqliteExtension> extensions = {};  // for every connection
  std::shared_ptr<runtime::Log> log = runtime::Log::none();
};

// Thread-safe. Calls block, and are meant for a ComputePool; a call waits for a free connection until its
// context ends.
class Database {
 public:
  // Opens or makes the file and brings its schema up to date. Safe when several processes start at once.
  // CONFLICT when the schema is newer than this binary; else as Session.
  static runtime::Result<std::unique_ptr<Database>> open(
      DatabaseOptions options, std::span<const Migration> migrations = all_migrations());
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs `work(Session&)`, which returns some Result, on a reader: it sees one state of the database.
  template <class F>
  std::invoke_result_t<F, Session&> read(const runtime::Context& context, F work) {
    return lend(context, readers_, "begin", std::move(work));
  }

  // Runs `work(Session&)` as one transaction on the writer: it is durable when this returns a value. A failed
  // Result or a throw undoes all of it.
  template <class F>
  std::invoke_result_t<F, Session&> write(const runtime::Context& context, F work) {
    return lend(context, writer_, "begin immediate", std::move(work));
  }

  // Moves what was written into the file proper and empties the log beside it, so that what was deleted is
  // not in there any more. OVERLOADED when readers are in the way for longer than the busy time-out.
  runtime::Result<> empty_log(const runtime::Context& context);

 private:
  // Connections of one kind, lent one at a time.
  struct Lender {
    std::mutex mutex;
    std::condition_variable returned;
    std::vector<std::unique_ptr<Session>> free;
  };

  Database() = default;

  runtime::Result<std::unique_ptr<Session>> take(const runtime::Context& context, Lender& lender);
  void give_back(Lender& lender, std::unique_ptr<Session> session);

  template <class F>
  std::invoke_result_t<F, Session&> lend(const runtime::Context& context, Lender& lender, const char* begin,
                                         F work) {
    auto taken = take(context, lender);
    if (!taken) return taken.error();
    struct Loan {
      Database& database;
      Lender& lender;
      std::unique_ptr<Session> session;
      bool open = false;
      ~Loan() {
        session->watch(nullptr);
        if (open) static_cast<void>(session->execute("rollback"));
        database.give_back(lender, std::move(session));
      }
    } loan{*this, lender, std::move(*taken)};
    loan.session->watch(&context);
    const auto begun = loan.session->execute(begin);
    if (!begun) return begun.error();
    loan.open = true;
    auto result = work(*loan.session);
    if (!result) return result;
    // Once the work is done it is kept, even if the context ended meanwhile.
    loan.session->watch(nullptr);
    const auto committed = loan.session->execute("commit");
    if (!committed) return committed.error();
    loan.open = false;
    return result;
  }

  Lender writer_;
  Lender readers_;
};

}  // namespace parley::storage
