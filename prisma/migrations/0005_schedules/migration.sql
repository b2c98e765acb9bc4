-- Campaigns that go out again and again, runs that are sent to the unsent, and an engine that knows its database again.

-- Null: it fires once. Otherwise the rule that says when next, as packages/core/src/schedule.ts reads it.
alter table schedule add column repeat jsonb;

create index run_by_campaign on run (campaign_id, id) where campaign_id is not null;

-- When a run that had ended was sent on to those whom nothing had reached, and how many messages those were.
alter table run add column reopened_at timestamptz, add column reopened_count bigint;
-- The last message looked at while the unsent are made open again; null when there is nothing to look at.
alter table run_expansion add column reopen_cursor bigint;

-- Which database the engine last ran on, and when. The id goes with a dump, the rest tells the copy from the original.
create table engine_identity (
  only_one boolean primary key default true check (only_one),
  id uuid not null default gen_random_uuid(),
  -- Null where this account may not read it.
  system_identifier text,
  timeline integer,
  database_oid text not null,
  last_beat timestamptz not null
);
