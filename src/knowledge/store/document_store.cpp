// SPDX-License-Identifier: Apache-2.0
#include "knowledge/store/document_store.hpp"

#include "knowledge/store/terms.hpp"
#include "runtime/ids.hpp"
#include "storage/database.hpp"

namespace parley::knowledge {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using storage::Row;
using storage::Session;

namespace {

constexpr const char* kByTenant =
    "select d.id, d.filename, d.title, d.status, d.size_bytes, d.chunk_count, d.error, d.created_at_ms, "
    "d.sequence,"
    " d.content_hash from documents d join tenants t on t.id = d.tenant where t.name = $1";

Error not_found() { return {ErrorCode::kNotFound, "there is no such document"}; }

DocumentStatus status_of(const std::string& name) {
  if (name == "completed") return DocumentStatus::kCompleted;
  return name == "failed" ? DocumentStatus::kFailed : DocumentStatus::kPending;
}

Document to_document(const Row& row) {
  return {.id = row.get<std::string>(0),
          .filename = row.get<std::string>(1),
          .title = row.get<std::string>(2),
          .status = status_of(row.get<std::string>(3)),
          .size_bytes = row.get<std::int64_t>(4),
          .chunks = row.get<std::int64_t>(5),
          .error = row.get<std::string>(6),
          .created_at_ms = row.get<std::int64_t>(7)};
}

Result<Row> find(Session& session, const std::string& tenant, const std::string& id) {
  auto rows = session.query(std::string(kByTenant) + " and d.id = $2", {tenant, id});
  if (!rows) return rows.error();
  if (rows->empty()) return not_found();
  return std::move(rows->front());
}

Result<std::int64_t> tenant_key(Session& session, const std::string& name) {
  const auto added =
      session.execute("insert into tenants (name) values ($1) on conflict (name) do nothing", {name});
  if (!added) return added.error();
  const auto rows = session.query("select id from tenants where name = $1", {name});
  if (!rows) return rows.error();
  return rows->front().get<std::int64_t>(0);
}

// Takes documents out with their chunks and index rows. `where` chooses among `documents`.
Result<> erase_documents(Session& session, const std::string& where, const storage::Params& params) {
  const std::string chosen = "(select sequence from documents where " + where + ")";
  const std::string statements[] = {
      "delete from chunk_terms where rowid in (select id from chunks where document in " + chosen + ")",
      "update tenants set chunk_count = chunk_count - (select coalesce(sum(d.chunk_count), 0) from documents "
      "d"
      " where d.tenant = tenants.id and d.sequence in " +
          chosen + ")",
      "delete from documents where sequence in " + chosen};
  for (const std::string& statement : statements) {
    const auto done = session.execute(statement, params);
    if (!done) return done.error();
  }
  return {};
}

Result<> insert_chunks(Session& session, const PendingDocument& document, const IndexedDocument& indexed) {
  std::size_t ordinal = 0;
  for (const IndexedChunk& chunk : indexed.chunks) {
    const std::int64_t id = make_chunk_id(document.sequence, ordinal++, chunk.words);
    const std::size_t size = chunk.place.end - chunk.place.start;
    const auto stored = session.execute(
        "insert into chunks (id, document, heading, content, start_offset, end_offset) values ($1, $2, $3, "
        "$4, $5, $6)",
        {id, document.sequence, chunk.place.heading, indexed.content.substr(chunk.place.start, size),
         chunk.place.start, chunk.place.end});
    if (!stored) return stored.error();
    const auto entered =
        session.execute("insert into chunk_terms (rowid, title, heading, body) values ($1, $2, $3, $4)",
                        {id, indexed.title_terms, chunk.heading_terms, chunk.body_terms});
    if (!entered) return entered.error();
  }
  return {};
}

Result<bool> complete_in(Session& session, const PendingDocument& document, const IndexedDocument& indexed) {
  const auto count = static_cast<std::int64_t>(indexed.chunks.size());
  const auto updated = session.execute(
      "update documents set status = 'completed', title = $2, chunk_count = $3"
      " where sequence = $1 and status = 'pending'",
      {document.sequence, indexed.title, count});
  if (!updated) return updated.error();
  if (*updated == 0) return false;
  const Result<> replaced = erase_documents(session, "tenant = $1 and filename = $2 and sequence < $3",
                                            {document.tenant_key, document.filename, document.sequence});
  if (!replaced) return replaced.error();
  const auto content = session.execute("insert into document_contents (document, content) values ($1, $2)",
                                       {document.sequence, indexed.content});
  if (!content) return content.error();
  const Result<> chunks = insert_chunks(session, document, indexed);
  if (!chunks) return chunks.error();
  const auto counted = session.execute("update tenants set chunk_count = chunk_count + $2 where id = $1",
                                       {document.tenant_key, count});
  if (!counted) return counted.error();
  return true;
}

Result<Document> add_in(Session& session, const std::string& tenant, const NewDocument& added) {
  const auto key = tenant_key(session, tenant);
  if (!key) return key.error();
  const auto newest =
      session.query(std::string(kByTenant) + " and d.filename = $2 order by d.sequence desc limit 1",
                    {tenant, added.filename});
  if (!newest) return newest.error();
  if (!newest->empty()) {
    const Document known = to_document(newest->front());
    const bool same = newest->front().get<std::string>(9) == added.content_hash;
    if (same && known.status != DocumentStatus::kFailed) return known;
  }
  const Result<> cleared = erase_documents(session, "tenant = $1 and filename = $2 and status <> 'completed'",
                                           {*key, added.filename});
  if (!cleared) return cleared.error();
  Document document{.id = runtime::make_id("doc"),
                    .filename = added.filename,
                    .title = added.filename,
                    .size_bytes = static_cast<std::int64_t>(added.bytes.size()),
                    .created_at_ms = added.created_at_ms};
  const auto inserted = session.query(
      "insert into documents (id, tenant, filename, title, content_hash, size_bytes, status, created_at_ms)"
      " values ($1, $2, $3, $4, $5, $6, 'pending', $7) returning sequence",
      {document.id, *key, document.filename, document.title, added.content_hash, document.size_bytes,
       document.created_at_ms});
  if (!inserted) return inserted.error();
  const auto stored =
      session.execute("insert into document_sources (document, bytes) values ($1, $2)",
                      {inserted->front().get<std::int64_t>(0), storage::to_bytes(added.bytes)});
  if (!stored) return stored.error();
  return document;
}

}  // namespace

Result<Document> DocumentStore::add(const Context& context, NewDocument added) {
  return database_.write(context, [&](Session& session) { return add_in(session, context.tenant, added); });
}

Result<std::vector<Document>> DocumentStore::list(const Context& context) {
  return database_.read(context, [&](Session& session) -> Result<std::vector<Document>> {
    const auto rows = session.query(std::string(kByTenant) + " order by d.sequence desc", {context.tenant});
    if (!rows) return rows.error();
    std::vector<Document> documents;
    for (const Row& row : *rows) documents.push_back(to_document(row));
    return documents;
  });
}

Result<Document> DocumentStore::get(const Context& context, const std::string& id) {
  return database_.read(context, [&](Session& session) -> Result<Document> {
    const auto row = find(session, context.tenant, id);
    if (!row) return row.error();
    return to_document(*row);
  });
}

Result<std::string> DocumentStore::content(const Context& context, const std::string& id) {
  return database_.read(context, [&](Session& session) -> Result<std::string> {
    const auto row = find(session, context.tenant, id);
    if (!row) return row.error();
    const auto rows = session.query("select content from document_contents where document = $1",
                                    {row->get<std::int64_t>(8)});
    if (!rows) return rows.error();
    if (rows->empty()) return Error{ErrorCode::kNotFound, "the document has no text yet"};
    return rows->front().get<std::string>(0);
  });
}

Result<> DocumentStore::remove(const Context& context, const std::string& id) {
  const auto removed = database_.write(context, [&](Session& session) -> Result<> {
    const auto row = find(session, context.tenant, id);
    if (!row) return row.error();
    return erase_documents(session, "sequence = $1", {row->get<std::int64_t>(8)});
  });
  generation_.fetch_add(1, std::memory_order_acq_rel);
  return removed;
}

Result<LibraryStatus> DocumentStore::status(const Context& context) {
  return database_.read(context, [&](Session& session) -> Result<LibraryStatus> {
    const auto rows = session.query(
        "select d.status, count(*), sum(d.chunk_count) from documents d join tenants t on t.id = d.tenant"
        " where t.name = $1 group by d.status",
        {context.tenant});
    if (!rows) return rows.error();
    LibraryStatus status;
    for (const Row& row : *rows) {
      const auto count = row.get<std::int64_t>(1);
      switch (status_of(row.get<std::string>(0))) {
        case DocumentStatus::kCompleted:
          status.documents = count;
          status.chunks = row.get<std::int64_t>(2);
          break;
        case DocumentStatus::kFailed:
          status.failed = count;
          break;
        default:
          status.pending = count;
      }
    }
    return status;
  });
}

Result<std::optional<PendingDocument>> DocumentStore::next_pending(const Context& context,
                                                                   std::int64_t sequence) {
  return database_.read(context, [&](Session& session) -> Result<std::optional<PendingDocument>> {
    const auto rows = session.query(
        "select d.sequence, d.id, t.name, t.id, d.filename from documents d join tenants t on t.id = d.tenant"
        " where d.status = 'pending' and d.sequence > $1 order by d.sequence limit 1",
        {sequence});
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<PendingDocument>();
    const Row& row = rows->front();
    return std::optional(PendingDocument{row.get<std::int64_t>(0), row.get<std::string>(1),
                                         row.get<std::string>(2), row.get<std::int64_t>(3),
                                         row.get<std::string>(4)});
  });
}

Result<std::optional<std::string>> DocumentStore::source(const Context& context, std::int64_t sequence) {
  return database_.read(context, [&](Session& session) -> Result<std::optional<std::string>> {
    const auto rows = session.query("select bytes from document_sources where document = $1", {sequence});
    if (!rows) return rows.error();
    if (rows->empty()) return std::optional<std::string>();
    return std::optional(std::string(storage::as_text(rows->front().get<storage::Bytes>(0))));
  });
}

Result<bool> DocumentStore::complete(const Context& context, const PendingDocument& document,
                                     const IndexedDocument& indexed) {
  const auto completed =
      database_.write(context, [&](Session& session) { return complete_in(session, document, indexed); });
  generation_.fetch_add(1, std::memory_order_acq_rel);
  return completed;
}

Result<bool> DocumentStore::fail(const Context& context, const PendingDocument& document,
                                 std::string_view why) {
  return database_.write(context, [&](Session& session) -> Result<bool> {
    const auto updated = session.execute(
        "update documents set status = 'failed', error = $2 where sequence = $1 and status = 'pending'",
        {document.sequence, why});
    if (!updated) return updated.error();
    return *updated == 1;
  });
}

}  // namespace parley::knowledge
