-- What an operator wants to see of a worker, written with its beat: never on the path of a message.
alter table worker
  add column version text not null default '',
  add column beat_at timestamptz not null default chorus_now(),
  add column running_jobs integer not null default 0,
  add column busy real not null default 0,
  add column clock_skew_ms integer not null default 0,
  add column permits_now jsonb not null default '[]';

-- Permits given in each lane since the installation began: one row per lane that was ever used, so that it stays small.
create table lane_permits (
  workspace_id bigint not null references workspace on delete cascade,
  channel_no smallint not null references channel,
  class smallint not null,
  lane smallint not null,
  total bigint not null default 0,
  primary key (workspace_id, channel_no, class, lane)
);
