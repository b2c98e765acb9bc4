-- Copy: a piece written outside a campaign, for one language.
create table copy (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  kind text not null,
  locale text not null,
  angle text not null,
  tone text not null,
  brief jsonb not null,
  channels text[] not null,
  products jsonb not null,
  reader jsonb,
  segment_id bigint references segment on delete set null,
  facts jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'written', 'failed')),
  revision integer not null default 0,
  nonce integer not null default 0,
  contents jsonb not null default '{}',
  findings jsonb not null default '[]',
  evidence jsonb not null default '[]',
  hash text,
  writer text,
  model text,
  prompt text,
  cost jsonb,
  fallback_reason text,
  -- Bound to the very words: an edit voids it.
  approved_hash text,
  approved_by bigint references person on delete set null,
  approved_at timestamptz,
  created_by bigint references person on delete set null,
  created_at timestamptz not null default chorus_now(),
  updated_at timestamptz not null default chorus_now()
);
create index copy_list on copy (workspace_id, id);
create index copy_waiting on copy (updated_at) where state = 'waiting';

-- Every wording a copy ever had, and who wrote it.
create table copy_revision (
  copy_id bigint not null references copy on delete cascade,
  revision integer not null,
  contents jsonb not null,
  hash text not null,
  writer text not null,
  person_id bigint,
  at timestamptz not null default chorus_now(),
  primary key (copy_id, revision)
);
