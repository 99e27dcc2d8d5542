-- Which sessions there are, whose they are and how they were set up; nothing of what is said in them.
create table sessions (
  id text primary key,
  owner text not null,
  status text not null,
  settings text not null, -- JSON, as clients read it
  created_ms bigint not null,
  expires_ms bigint not null
);
