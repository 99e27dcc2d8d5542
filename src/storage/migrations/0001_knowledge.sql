-- Documents, the text taken out of them, the chunks it is cut into, and the index over these.

create table tenants (
  id integer primary key,
  name text not null unique,
  chunk_count bigint not null default 0 -- searchable now
);

-- One row for each document that was acknowledged. A newer document of the same tenant and file name takes the
-- place of the older ones when it is completed.
create table documents (
  sequence integer primary key autoincrement,
  id text not null unique,
  tenant bigint not null references tenants (id),
  filename text not null,
  title text not null,
  content_hash text not null,
  size_bytes bigint not null,
  status text not null check (status in ('pending', 'completed', 'failed')),
  error text not null default '',
  chunk_count bigint not null default 0,
  created_at_ms bigint not null
);
create index documents_by_filename on documents (tenant, filename, sequence);
create index documents_pending on documents (sequence) where status = 'pending';

-- The bytes as they were given: what an acknowledged document is made from, now or after a crash.
create table document_sources (
  document integer primary key references documents (sequence) on delete cascade,
  bytes blob not null
);

-- The extracted text that offsets point into.
create table document_contents (
  document integer primary key references documents (sequence) on delete cascade,
  content text not null
);

-- The lowest byte of an id is the chunk's length class, so that ranking knows it without a look-up.
create table chunks (
  id integer primary key,
  document bigint not null references documents (sequence) on delete cascade,
  heading text not null,
  content text not null,
  start_offset bigint not null,
  end_offset bigint not null
);
create index chunks_by_document on chunks (document);

-- One row for each chunk, under its id: stems and numbers in canonical form, each with its tenant before it
-- ("t1_leav"), so that no tenant's words weigh in another's search.
create virtual table chunk_terms using fts5 (title, heading, body, tokenize = "ascii tokenchars '_'");

-- In how many chunks a term stands.
create virtual table chunk_vocabulary using fts5vocab (chunk_terms, row);
