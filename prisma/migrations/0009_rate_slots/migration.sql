-- Limits that hold over all workers: when the next message may go out under each of them. A limit is an account's, a
-- sender's or a channel's; the key names it.
create table rate_slot (
  key text primary key,
  next_at timestamptz not null default '-infinity'
) with (fillfactor = 50);

-- Takes `wanted` moments that are free under all of these keys, as far apart as the longest of their steps says; the first at
-- least `lead` from now. Each key is taken for no longer than its own step asks. Answers in how many milliseconds the first
-- is, or null when it would be further off than `within`. The rows are locked before they are read: an update with a join
-- that waited for one would look at what it was before.
create function book_slots(keys text[], steps interval[], wanted integer, lead interval, within interval) returns float8
language plpgsql as $$
declare
  locked integer;
  first_at timestamptz;
  longest interval := (select max(step) from unnest(steps) step);
begin
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
