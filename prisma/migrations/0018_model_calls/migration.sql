-- What a workspace lets its copy cost, in micros of the currency of the model's prices, and calls a minute. Null: as much as it takes.
alter table workspace
  add column copy_month_cap bigint check (copy_month_cap >= 0),
  add column copy_campaign_cap bigint check (copy_campaign_cap >= 0),
  add column copy_calls_per_minute integer check (copy_calls_per_minute > 0);

-- What is spent and spoken for, by month (`2026-11`) and by campaign (`campaign:17`).
create table copy_spend (
  workspace_id bigint not null references workspace on delete cascade,
  scope text not null,
  spent bigint not null default 0,
  reserved bigint not null default 0 check (reserved >= 0),
  primary key (workspace_id, scope)
);

-- Every call of a model, written down before it is made. An answer is found again by what was asked.
create table model_call (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  campaign_id bigint,
  key text not null,
  prompt text not null,
  model text not null,
  scopes text[] not null,
  reserved bigint not null,
  cost bigint,
  outcome text,
  tokens_in integer,
  tokens_cached integer,
  tokens_out integer,
  latency_ms integer,
  request_id text,
  answer text,
  at timestamptz not null default chorus_now(),
  settled_at timestamptz
);
create index model_call_answer on model_call (workspace_id, key) where outcome = 'answered';
create index model_call_recent on model_call (workspace_id, at);
create index model_call_open on model_call (at) where settled_at is null;

-- Raised by whoever asks for other words: then the same question is asked again.
alter table variant add column nonce integer not null default 0;
