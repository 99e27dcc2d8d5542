// SPDX-License-Identifier: Apache-2.0
#include "conversation/store/speaker_profile_store.hpp"

#include "storage/database.hpp"

#include <utility>

namespace parley::conversation {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using storage::Row;
using storage::Rows;
using storage::Session;

namespace {

Result<std::optional<Consent>> consent_of(Session& session, const Context& context) {
  const auto rows = session.query(
      "select id, wording, given_at_ms from speaker_consents where tenant = $1 and principal = $2",
      {context.tenant, context.principal});
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<Consent>();
  const Row& row = rows->front();
  return std::optional(Consent{row.get<std::int64_t>(0), row.get<std::int64_t>(1), row.get<std::int64_t>(2)});
}

// Empty when nothing is kept.
Result<std::string> bytes_of(Session& session, std::int64_t consent, const std::string& engine) {
  const auto rows = session.query("select bytes from speaker_profiles where consent = $1 and engine = $2",
                                  {consent, engine});
  if (!rows) return rows.error();
  if (rows->empty()) return std::string();
  return std::string(storage::as_text(rows->front().get<storage::Bytes>(0)));
}

}  // namespace

Result<SpeakerRecord> SpeakerProfileStore::find(const Context& context) {
  return database_.read(context, [&](Session& session) -> Result<SpeakerRecord> {
    auto consent = consent_of(session, context);
    if (!consent) return consent.error();
    SpeakerRecord record{*consent, {}};
    if (!record.consent) return record;
    const auto rows = session.query(
        "select engine, seconds, since_ms, changed_ms, length(bytes) from speaker_profiles "
        "where consent = $1 order by engine",
        {record.consent->id});
    if (!rows) return rows.error();
    for (const Row& row : *rows) {
      record.kept.push_back({row.get<std::string>(0), row.get<double>(1), row.get<std::int64_t>(2),
                             row.get<std::int64_t>(3), row.get<std::int64_t>(4)});
    }
    return record;
  });
}

Result<> SpeakerProfileStore::agree(const Context& context, std::int64_t wording, std::int64_t now_ms) {
  return database_.write(context, [&](Session& session) -> Result<> {
    const auto added = session.execute(
        "insert into speaker_consents (tenant, principal, wording, given_at_ms) values ($1, $2, $3, $4) "
        "on conflict (tenant, principal) do update set wording = $3, given_at_ms = $4 where wording <> $3",
        {context.tenant, context.principal, wording, now_ms});
    if (!added) return added.error();
    return {};
  });
}

Result<std::optional<SpeakerProfileStore::Loaded>> SpeakerProfileStore::load(const Context& context,
                                                                             const std::string& engine) {
  return database_.read(context, [&](Session& session) -> Result<std::optional<Loaded>> {
    const auto consent = consent_of(session, context);
    if (!consent) return consent.error();
    if (!*consent) return std::optional<Loaded>();
    auto bytes = bytes_of(session, (*consent)->id, engine);
    if (!bytes) return bytes.error();
    return std::optional(Loaded{(*consent)->id, std::move(*bytes)});
  });
}

Result<> SpeakerProfileStore::change(const Context& context, std::int64_t consent, const std::string& engine,
                                     std::int64_t now_ms, const Change& change) {
  return database_.write(context, [&](Session& session) -> Result<> {
    const auto held = consent_of(session, context);
    if (!held) return held.error();
    if (!*held || (*held)->id != consent) {
      return Error{ErrorCode::kNotFound, "the consent does not hold any more"};
    }
    const auto kept = bytes_of(session, consent, engine);
    if (!kept) return kept.error();
    const auto changed = change(*kept);
    if (!changed) return changed.error();
    const auto written = session.execute(
        "insert into speaker_profiles (consent, engine, seconds, since_ms, changed_ms, bytes) "
        "values ($1, $2, $3, $4, $4, $5) on conflict (consent, engine) do update set "
        "seconds = $3, changed_ms = $4, bytes = $5",
        {consent, engine, changed->seconds, now_ms, storage::to_bytes(changed->bytes)});
    if (!written) return written.error();
    return {};
  });
}

Result<> SpeakerProfileStore::forget(const Context& context) {
  const auto removed = database_.write(context, [&](Session& session) -> Result<std::int64_t> {
    return session.execute("delete from speaker_consents where tenant = $1 and principal = $2",
                           {context.tenant, context.principal});
  });
  if (!removed) return removed.error();
  if (*removed == 0) return {};
  // It is gone for every reader; that nothing of it lies in the log has to wait for those who still read.
  static_cast<void>(database_.empty_log(context));
  return {};
}

}  // namespace parley::conversation
