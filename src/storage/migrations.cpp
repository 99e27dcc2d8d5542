// SPDX-License-Identifier: Apache-2.0
#include "storage/migrations.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

namespace parley::storage {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

std::string checksum(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 failed");
  }
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

Result<> apply_missing(Session& session, std::span<const Migration> migrations) {
  const Result<> table = session.run_script(
      "create table if not exists schema_migrations ("
      " number bigint primary key, name text not null, checksum text not null)");
  if (!table) return table.error();
  const auto applied = session.query("select number, checksum from schema_migrations order by number");
  if (!applied) return applied.error();
  if (applied->size() > migrations.size()) {
    return Error{
        ErrorCode::kConflict,
        fmt::format("the data was written by a newer version of Parley (schema {}, this one knows {})",
                    applied->size(), migrations.size())};
  }
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    const Migration& step = migrations[i];
    const std::string sum = checksum(step.sql);
    if (i < applied->size()) {
      const Row& row = (*applied)[i];
      if (row.get<std::int64_t>(0) == step.number && row.get<std::string>(1) == sum) continue;
      return Error{ErrorCode::kConflict,
                   fmt::format("the data was written by another build of Parley: schema step {} differs",
                               step.number)};
    }
    const Result<> done = session.run_script(std::string(step.sql));
    if (!done) return done.error();
    const auto recorded =
        session.execute("insert into schema_migrations (number, name, checksum) values ($1, $2, $3)",
                        {step.number, step.name, sum});
    if (!recorded) return recorded.error();
  }
  return {};
}

}  // namespace

Result<> migrate(Session& session, std::span<const Migration> migrations) {
  // The write lock first: of several processes that start at once, one migrates and the others find it done.
  const auto begun = session.execute("begin immediate");
  if (!begun) return begun.error();
  const Result<> applied = apply_missing(session, migrations);
  if (!applied) {
    static_cast<void>(session.execute("rollback"));
    return applied.error();
  }
  const auto committed = session.execute("commit");
  if (!committed) {
    static_cast<void>(session.execute("rollback"));
    return committed.error();
  }
  return {};
}

}  // namespace parley::storage
