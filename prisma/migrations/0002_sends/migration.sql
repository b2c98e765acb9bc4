-- Single sends: other services hand us one message at a time, and trust our 202. They travel the same ledger.

-- A rolling run gathers the single sends of a workspace and UTC day. It has no campaign and no audience.
alter table run add column day date;
create unique index run_of_day on run (workspace_id, day) where day is not null;
alter table run add constraint run_is_of_campaign_or_day check (day is null or campaign_id is null);

-- A run plans a contact and channel once (step 0 and up); single sends have step -1 and may be as many as are asked for.
alter table message drop constraint message_run_id_contact_id_channel_no_step_key;
create unique index message_once on message (run_id, contact_id, channel_no, step) where step >= 0;
alter table message drop constraint message_run_id_destination_id_variant_id_key;
create unique index message_post_once on message (run_id, destination_id, variant_id) where step >= 0;

-- What a single send says and to whom, as it was when it was taken. The message's row is the record of what became of it.
create table send (
  run_id bigint not null,
  message_id bigint not null,
  workspace_id bigint not null references workspace on delete cascade,
  -- Null when it goes to a contact's or a destination's own address.
  address text,
  fields jsonb not null default '{}',
  content jsonb not null,
  facts jsonb not null,
  -- Name and address it comes from; null: the workspace's.
  sender jsonb,
  expires_at timestamptz not null,
  primary key (run_id, message_id)
);
create index send_by_workspace on send (workspace_id);

-- One line for each key that a caller gave to a request: the same key again answers with the same messages.
create table idempotency (
  workspace_id bigint not null references workspace on delete cascade,
  key text not null,
  body_hash bytea not null,
  run_id bigint not null,
  message_ids bigint[] not null,
  at timestamptz not null default chorus_now(),
  primary key (workspace_id, key)
);
create index idempotency_by_age on idempotency (at);

-- Stopped as a whole: nothing of the workspace leaves, whatever its runs say, until somebody releases it.
alter table workspace add column stopped_at timestamptz;
alter table workspace add column stopped_because text;
