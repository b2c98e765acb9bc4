-- The first campaign: people and what they agreed to, what may be said, what was approved, and the ledger.
-- Read beside schema.prisma (a line on every model). Numbers in narrow columns are named in packages/core:
-- message states and classes in message.ts, delivery ranks in event.ts.

-- The one clock. Only a test or sandbox database may shift it, with `set chorus.clock_shift = '3 hours'`.
create function chorus_now() returns timestamptz language sql volatile parallel safe as $$
  select clock_timestamp() + coalesce(nullif(current_setting('chorus.clock_shift', true), '')::interval, interval '0')
$$;

create table channel (
  no smallint generated always as identity primary key,
  id text not null unique
);

create table workspace (
  id bigint generated always as identity primary key,
  name text not null,
  kind text not null check (kind in ('live', 'sandbox')),
  locale text not null,
  time_zone text not null,
  currency char(3) not null,
  sender jsonb not null,
  voice jsonb not null,
  created_at timestamptz not null default chorus_now()
);
create function keep_workspace_kind() returns trigger language plpgsql as $$
begin
  raise exception 'a workspace is live or sandbox from birth and cannot change';
end $$;
create trigger workspace_kind_is_for_life before update of kind on workspace
  for each row when (old.kind is distinct from new.kind) execute function keep_workspace_kind();

create table person (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  name text not null,
  email text not null,
  role text not null check (role in ('owner', 'author', 'approver', 'operator')),
  created_at timestamptz not null default chorus_now(),
  unique (workspace_id, email)
);

create table api_key (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  person_id bigint not null references person on delete cascade,
  label text not null,
  prefix text not null,
  hash bytea not null unique,
  created_at timestamptz not null default chorus_now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

-- People --------------------------------------------------------------------------------------------------------

create table contact (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  external_id text not null,
  first_name text,
  fields jsonb not null default '{}',
  locale text not null,
  time_zone text,
  country text,
  profiling boolean not null default true,
  created_at timestamptz not null default chorus_now(),
  updated_at timestamptz not null default chorus_now(),
  unique (workspace_id, external_id)
);
create index contact_by_workspace on contact (workspace_id, id);

create table address (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  contact_id bigint not null references contact on delete cascade,
  channel_no smallint not null references channel,
  value text not null,
  hash bytea not null,
  created_at timestamptz not null default chorus_now(),
  unique (contact_id, channel_no),
  unique (workspace_id, channel_no, hash)
);

create table consent_event (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  contact_id bigint not null references contact on delete cascade,
  channel_no smallint not null references channel,
  purpose text not null,
  state text not null check (state in ('none', 'granted', 'withdrawn')),
  evidence jsonb not null,
  at timestamptz not null default chorus_now()
);
create index consent_event_by_contact on consent_event (contact_id, id);

create table consent (
  contact_id bigint not null references contact on delete cascade,
  channel_no smallint not null references channel,
  purpose text not null,
  state text not null,
  event_id bigint not null references consent_event on delete cascade,
  primary key (contact_id, channel_no, purpose)
);

create table suppression (
  workspace_id bigint not null references workspace on delete cascade,
  channel_no smallint not null references channel,
  address_hash bytea not null,
  scope text not null check (scope in ('all', 'marketing')),
  reason text not null,
  source text not null,
  at timestamptz not null default chorus_now(),
  primary key (workspace_id, channel_no, address_hash, scope)
);

create table product (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  sku text not null,
  name text not null,
  category text,
  price_micros bigint not null,
  currency char(3) not null,
  url text not null,
  image_url text,
  available boolean not null default true,
  updated_at timestamptz not null default chorus_now(),
  unique (workspace_id, sku)
);

-- A foreign key to workspace and to product would each add a quarter to the cost of an import. The workspace is the
-- contact's, and goes with it; a product that is gone leaves a number that finds nothing.
create table activity (
  id bigint generated always as identity primary key,
  workspace_id bigint not null,
  contact_id bigint not null references contact on delete cascade,
  event_id text not null,
  kind text not null,
  at timestamptz not null,
  product_id bigint,
  category text,
  order_ref text,
  quantity integer not null default 1,
  amount_micros bigint not null default 0,
  unique (workspace_id, event_id)
);
create index activity_by_contact on activity (contact_id, kind, at)
  include (category, order_ref, quantity, amount_micros, product_id);

create table import (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  kind text not null check (kind in ('contacts', 'products', 'activity')),
  state text not null default 'running' check (state in ('running', 'finished', 'stopped')),
  content_hash text,
  row_count bigint not null default 0,
  accepted_count bigint not null default 0,
  rejected_count bigint not null default 0,
  notes jsonb not null default '[]',
  started_at timestamptz not null default chorus_now(),
  finished_at timestamptz
);
create table import_reject (
  import_id bigint not null references import on delete cascade,
  row_no bigint not null,
  code text not null,
  message text not null,
  raw jsonb not null,
  primary key (import_id, row_no, code)
);

create table segment (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  name text not null,
  description text not null default '',
  rule jsonb not null,
  version integer not null default 1,
  created_at timestamptz not null default chorus_now(),
  updated_at timestamptz not null default chorus_now(),
  unique (workspace_id, name)
);
create table segment_version (
  segment_id bigint not null references segment on delete cascade,
  version integer not null,
  rule jsonb not null,
  at timestamptz not null default chorus_now(),
  primary key (segment_id, version)
);

-- Where messages go out -----------------------------------------------------------------------------------------

create table carrier (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  channel_no smallint not null references channel,
  provider text not null,
  account text not null,
  can_ask boolean not null default false,
  blocked_until timestamptz,
  blocked_because text,
  created_at timestamptz not null default chorus_now(),
  unique (workspace_id, channel_no)
);

create table destination (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  channel_no smallint not null references channel,
  name text not null,
  address text not null,
  locale text not null,
  created_at timestamptz not null default chorus_now(),
  unique (workspace_id, channel_no, address)
);

-- What is said --------------------------------------------------------------------------------------------------

create table campaign (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  name text not null,
  state text not null default 'draft',
  brief jsonb not null,
  audience jsonb not null,
  channels text[] not null,
  locales text[] not null,
  segment_ids bigint[] not null default '{}',
  author_id bigint not null references person,
  version integer not null default 1,
  created_at timestamptz not null default chorus_now(),
  updated_at timestamptz not null default chorus_now()
);

create table variant (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  campaign_id bigint not null references campaign on delete cascade,
  segment_id bigint references segment,
  locale text not null,
  state text not null default 'waiting' check (state in ('waiting', 'written', 'failed')),
  revision integer not null default 0,
  facts jsonb not null,
  contents jsonb not null default '{}',
  findings jsonb not null default '[]',
  hash text,
  writer text,
  model text,
  prompt text,
  cost jsonb,
  fallback_reason text,
  updated_at timestamptz not null default chorus_now(),
  unique nulls not distinct (campaign_id, segment_id, locale)
);
create table variant_revision (
  variant_id bigint not null references variant on delete cascade,
  revision integer not null,
  contents jsonb not null,
  facts jsonb not null,
  hash text not null,
  writer text not null,
  person_id bigint references person,
  at timestamptz not null default chorus_now(),
  primary key (variant_id, revision)
);

create table approval (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  campaign_id bigint not null references campaign on delete cascade,
  person_id bigint not null references person,
  content_hash text not null,
  segment_versions jsonb not null,
  audience_size bigint not null,
  at timestamptz not null default chorus_now(),
  voided_at timestamptz,
  voided_because text
);
create index approval_by_campaign on approval (campaign_id, id);

create table schedule (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  campaign_id bigint not null references campaign on delete cascade,
  next_at timestamptz,
  max_lateness interval not null default interval '1 hour',
  last_fired_for timestamptz,
  created_at timestamptz not null default chorus_now(),
  unique (campaign_id)
);
create index schedule_due on schedule (next_at) where next_at is not null;

-- The ledger ----------------------------------------------------------------------------------------------------

create table run (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  campaign_id bigint references campaign on delete cascade,
  schedule_id bigint references schedule on delete cascade,
  fired_for timestamptz,
  state text not null,
  state_because text,
  epoch integer not null default 1,
  segment_versions jsonb not null,
  content_hash text,
  plan jsonb not null,
  served_at timestamptz,
  started_at timestamptz not null default chorus_now(),
  finished_at timestamptz,
  unique (schedule_id, fired_for)
);
create index run_open on run (state) where state in ('sending', 'paused', 'cancelling', 'held');

-- What the expander locks; pause only ever touches run.
create table run_expansion (
  run_id bigint primary key references run on delete cascade,
  cursor_contact bigint not null default 0,
  high_contact bigint not null,
  expected bigint not null default 0,
  planned bigint not null default 0,
  done boolean not null default false
);

create sequence message_id as bigint;

-- The record: one row per contact and channel of a run. Its indexes hold only columns that never change, so that
-- every update stays HOT; it has no foreign keys, which would double the cost of planning.
create table message (
  run_id bigint not null,
  id bigint not null default nextval('message_id'),
  workspace_id bigint not null,
  contact_id bigint,
  destination_id bigint,
  channel_no smallint not null,
  step smallint not null default 0,
  address_hash bytea,
  segment_id bigint,
  locale text not null,
  variant_id bigint,
  class smallint not null,
  state smallint not null,
  reason text,
  hold text,
  attempt smallint not null default 0,
  delivery_rank smallint not null default 0,
  delivery text,
  provider_message_id text,
  cost_micros bigint,
  currency char(3),
  created_at timestamptz not null default chorus_now(),
  settled_at timestamptz,
  primary key (run_id, id),
  unique (run_id, contact_id, channel_no, step),
  unique (run_id, destination_id, variant_id)
) with (fillfactor = 90);
create index message_by_contact on message (contact_id, run_id) where contact_id is not null;
create index message_by_address on message (workspace_id, address_hash) where address_hash is not null;

-- One row per message still open; the outcome deletes it. state: 0 waiting, 1 leased, 2 sending.
create table due (
  message_id bigint primary key,
  run_id bigint not null,
  channel_no smallint not null,
  lane smallint not null,
  class smallint not null,
  not_before timestamptz not null,
  expires_at timestamptz not null,
  state smallint not null default 0,
  attempt smallint not null default 0,
  lease_token uuid,
  lease_until timestamptz,
  send_until timestamptz,
  worker_id bigint
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
create index due_by_lane on due (run_id, channel_no, lane, class, not_before, message_id);

-- Handed over, answer unknown. One row per doubt, kept after it is resolved.
create table doubt (
  run_id bigint not null references run on delete cascade,
  message_id bigint not null,
  attempt smallint not null,
  channel_no smallint not null,
  since timestamptz not null default chorus_now(),
  worker_id bigint,
  detail text not null,
  ask_at timestamptz,
  asked integer not null default 0,
  resolved_at timestamptz,
  resolution text check (resolution in ('accepted', 'not_accepted', 'final')),
  primary key (run_id, message_id, attempt)
);
create index doubt_open on doubt (run_id) where resolved_at is null;

create table attempt (
  run_id bigint not null references run on delete cascade,
  message_id bigint not null,
  attempt smallint not null,
  at timestamptz not null default chorus_now(),
  outcome text not null,
  detail text not null,
  worker_id bigint,
  primary key (run_id, message_id, attempt, at)
);

create table worker (
  id bigint generated always as identity primary key,
  name text not null,
  started_at timestamptz not null default chorus_now(),
  alive_until timestamptz not null
);

create table provider_event (
  carrier_id bigint not null references carrier on delete cascade,
  key text not null,
  received_at timestamptz not null default chorus_now(),
  kind text not null,
  run_id bigint,
  message_id bigint,
  detail jsonb not null default '{}',
  primary key (carrier_id, key)
);
create index provider_event_by_message on provider_event (run_id, message_id) where message_id is not null;

create table click (
  run_id bigint not null references run on delete cascade,
  message_id bigint not null,
  link smallint not null,
  at timestamptz not null default chorus_now(),
  primary key (run_id, message_id, link)
);

create table audit (
  id bigint generated always as identity primary key,
  workspace_id bigint not null references workspace on delete cascade,
  person_id bigint references person on delete set null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}',
  at timestamptz not null default chorus_now()
);

-- Finished is decided by the ledger, and the database itself refuses to say it early.
create function refuse_early_finish() returns trigger language plpgsql as $$
begin
  if exists (select 1 from due where run_id = new.id)
     or exists (select 1 from run_expansion where run_id = new.id and not done) then
    raise exception 'run % cannot be finished: messages are still open', new.id;
  end if;
  return new;
end $$;
create trigger run_finishes_when_empty before update of state on run
  for each row when (new.state in ('finished', 'cancelled') and old.state is distinct from new.state)
  execute function refuse_early_finish();

-- The books of every run and channel. Rows of a cancelling run that are still waiting count as cancelled at once.
create view books as
  select m.run_id, m.workspace_id, c.id as channel,
    count(*) as planned,
    count(*) filter (where m.state = 3) as accepted,
    count(*) filter (where m.state = 4) as skipped,
    count(*) filter (where m.state = 5) as failed,
    count(*) filter (where m.state = 6) as expired,
    count(*) filter (where m.state = 7 or (m.state = 0 and r.state = 'cancelling' and d.state <> 2)) as cancelled,
    count(*) filter (where m.state in (8, 9)) as in_doubt,
    count(*) filter (where m.state = 0 and not (r.state = 'cancelling' and d.state <> 2)) as open
  from message m
  join run r on r.id = m.run_id
  join channel c on c.no = m.channel_no
  left join due d on d.message_id = m.id
  group by m.run_id, m.workspace_id, c.id;
