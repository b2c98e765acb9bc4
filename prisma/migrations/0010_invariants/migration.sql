-- What the invariants (packages/db/src/invariants.sql) need to know and the ledger did not yet keep.

-- When the last hand-over was permitted. It is written together with the outcome, from what is due: nothing more moves.
alter table message add column permitted_at timestamptz;
-- A row grows by that when it is settled. With room on its page, as many of these updates stay HOT as did before.
alter table message set (fillfactor = 85);
update message m set permitted_at = coalesce(d.permitted_at, d.since)
  from doubt d where d.run_id = m.run_id and d.message_id = m.id and d.attempt = m.attempt;

-- Delivery only moves up. Whatever lowers a rank all the same, by whichever way, leaves a line here.
create table delivery_fall (
  run_id bigint not null,
  message_id bigint not null,
  from_rank smallint not null,
  to_rank smallint not null,
  at timestamptz not null default chorus_now()
);
create function note_delivery_fall() returns trigger language plpgsql as $$
begin
  insert into delivery_fall (run_id, message_id, from_rank, to_rank) values (old.run_id, old.id, old.delivery_rank, new.delivery_rank);
  return new;
end $$;
-- Named by its column: a statement that does not touch the rank does not even ask.
create trigger delivery_never_falls before update of delivery_rank on message
  for each row when (new.delivery_rank < old.delivery_rank) execute function note_delivery_fall();

-- The hourly look at the invariants: whose turn it was, and what it found.
create table books_check (
  only_one boolean primary key default true check (only_one),
  -- What was accepted before has no time of its permit: processes of an older release may still run for a while.
  permits_kept_from timestamptz not null,
  begun_at timestamptz,
  ended_at timestamptz,
  took_ms integer,
  broken text[] not null default '{}'
);
insert into books_check (permits_kept_from)
  select case when exists (select 1 from message) then chorus_now() + interval '1 hour' else '-infinity' end;
