-- How voices sound to a recogniser, kept for those who agreed to it; never a recording.

-- Everything that is kept of somebody hangs on this row and goes with it. A number is not given twice, so that
-- what was learnt under a consent that was taken back is not written under a later one.
create table speaker_consents (
  id integer primary key autoincrement,
  tenant text not null,
  principal text not null,
  wording bigint not null, -- the version of what was agreed to
  given_at_ms bigint not null,
  unique (tenant, principal)
);

create table speaker_profiles (
  consent bigint not null references speaker_consents (id) on delete cascade,
  engine text not null,
  seconds double precision not null, -- of speech that it was learnt from
  since_ms bigint not null,
  changed_ms bigint not null,
  bytes blob not null check (length(bytes) <= 1048576),
  primary key (consent, engine)
);
