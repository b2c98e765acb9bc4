-- Provider accounts that a workspace keeps itself, the accounts that carried a run, and where its own people are reached.

-- Without settings the carrier's account comes from the installation's environment.
alter table carrier
  add column settings jsonb,
  add column sealed bytea,
  add column revision integer not null default 1,
  add column changed_at timestamptz,
  add column changed_by bigint references person on delete set null,
  add column previous_sealed bytea,
  add constraint carrier_account_is_whole check ((settings is null) = (sealed is null));

-- Written before the first hand-over of a run through an account; an account that was exchanged in between adds a row.
create table run_account (
  run_id bigint not null references run on delete cascade,
  channel_no smallint not null references channel,
  provider text not null,
  account text not null,
  since timestamptz not null default chorus_now(),
  primary key (run_id, channel_no, provider, account)
);

-- Where a workspace's own people get tests on channels other than e-mail.
create table person_address (
  person_id bigint not null references person on delete cascade,
  channel_no smallint not null references channel,
  value text not null,
  primary key (person_id, channel_no)
);
