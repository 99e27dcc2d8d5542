// SPDX-License-Identifier: Apache-2.0
#include "storage/database.hpp"

namespace parley::storage {

using runtime::Result;

Result<std::unique_ptr<Database>> Database::open(DatabaseOptions options,
                                                 std::span<const Migration> migrations) {
  SessionOptions session{options.file.string(), false, options.busy_timeout, options.extensions, options.log};
  auto writer = Session::open(session);
  if (!writer) return writer.error();
  const Result<> migrated = migrate(**writer, migrations);
  if (!migrated) return migrated.error();
  std::unique_ptr<Database> database(new Database());
  database->writer_.free.push_back(std::move(*writer));
  session.read_only = true;
  for (std::size_t i = 0; i < options.readers; ++i) {
    auto reader = Session::open(session);
    if (!reader) return reader.error();
    database->readers_.free.push_back(std::move(*reader));
  }
  return database;
}

Database::~Database() = default;

Result<> Database::empty_log(const runtime::Context& context) {
  auto session = take(context, writer_);
  if (!session) return session.error();
  const auto done = (*session)->query("pragma wal_checkpoint(truncate)");
  give_back(writer_, std::move(*session));
  if (!done) return done.error();
  const bool busy = done->empty() || done->front().get<bool>(0);
  if (busy)
    return runtime::Error{
        runtime::ErrorCode::kOverloaded, "the database is busy", {}, std::chrono::seconds(1)};
  return {};
}

Result<std::unique_ptr<Session>> Database::take(const runtime::Context& context, Lender& lender) {
  const std::stop_callback on_stop(context.stop, [&lender] {
    const std::lock_guard lock(lender.mutex);
    lender.returned.notify_all();
  });
  std::unique_lock lock(lender.mutex);
  for (;;) {
    const Result<> live = context.check(runtime::SystemClock().now());
    if (!live) return live.error();
    if (!lender.free.empty()) break;
    if (context.deadline == runtime::TimePoint::max()) {
      lender.returned.wait(lock);
    } else {
      lender.returned.wait_until(lock, context.deadline);
    }
  }
  auto session = std::move(lender.free.back());
  lender.free.pop_back();
  return session;
}

void Database::give_back(Lender& lender, std::unique_ptr<Session> session) {
  {
    const std::lock_guard lock(lender.mutex);
    lender.free.push_back(std::move(session));
  }
  lender.returned.notify_one();
}

}  // namespace parley::storage
