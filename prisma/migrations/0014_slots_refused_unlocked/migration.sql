-- Who is refused locks nothing. A lock is written to the log and waited for at the commit, and under a limit that is used up
-- every worker asks forty times a second. Moments only move on, so one that is too far off is so whatever is booked meanwhile.
create or replace function book_slots(keys text[], steps interval[], wanted integer, lead interval, within interval) returns float8
language plpgsql as $$
declare
  locked integer;
  first_at timestamptz;
  longest interval := (select max(step) from unnest(steps) step);
begin
  if exists (select 1 from rate_slot where key = any(keys) and next_at > chorus_now() + within) then
    return null;
  end if;
  perform 1 from rate_slot where key = any(keys) order by key for update;
  get diagnostics locked = row_count;
  if locked < cardinality(keys) then
    insert into rate_slot (key) select k from unnest(keys) k order by k on conflict do nothing;
    perform 1 from rate_slot where key = any(keys) order by key for update;
  end if;
  select greatest(max(next_at), chorus_now() + lead) into first_at from rate_slot where key = any(keys);
  if first_at > chorus_now() + within then
    return null;
  end if;
  update rate_slot r set next_at = first_at + (wanted - 1) * longest + s.step
    from unnest(keys, steps) s(key, step) where r.key = s.key;
  return extract(epoch from first_at - chorus_now()) * 1000;
end $$;
