-- What a provider's answer means beyond its one message: for us, for an account, for an address that fails again and again.

-- What a failure was about, where that is no reader: our sender, or the words. A run in which it repeats is held.
alter table attempt add column about text check (about in ('sender', 'content'));
create index attempt_about on attempt (run_id, about, at) where about is not null;
-- Since when a run is as a person last put it: what was counted before no longer holds it.
alter table run add column moved_at timestamptz;

-- How often in a row an account could not be used. From the first on it is tried with one message before all others.
alter table carrier add column failures smallint not null default 0;
-- When a person last let it go on: what was filtered before does not pause it again.
alter table carrier add column released_at timestamptz;

-- Failures that say little once: an address is suppressed when they repeat. One row for each message.
create table strike (
  workspace_id bigint not null references workspace on delete cascade,
  channel_no smallint not null references channel,
  address_hash bytea not null,
  reason text not null,
  run_id bigint not null,
  message_id bigint not null,
  at timestamptz not null default chorus_now(),
  primary key (workspace_id, channel_no, address_hash, reason, run_id, message_id)
);

-- When the hand-over began that is in doubt, and two more ways in which a doubt can end.
alter table doubt add column permitted_at timestamptz;
alter table doubt drop constraint doubt_resolution_check;
alter table doubt add constraint doubt_resolution_check check (resolution in ('accepted', 'not_accepted', 'resent', 'expired', 'final'));
-- Stricter than the classes of messages are: nothing is sent a second time without proof.
alter table workspace add column at_most_once boolean not null default false;

-- The newest ends of deliveries, for the share that is filtered; and reports that nobody could match, for a person.
create index provider_event_lately on provider_event (carrier_id, received_at) where kind in ('delivered', 'undelivered', 'unmatched');
