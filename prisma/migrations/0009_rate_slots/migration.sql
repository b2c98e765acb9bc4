-- Limits that hold over all workers: when the next message may go out under each of them. A limit is an account's, a
-- sender's or a channel's; the key names it.
create table rate_slot (
  key text primary key,
  next_at timestamptz not null default '-infinity'
) with (fillfactor = 50);

-- Takes `wanted` moments, `step` apart, that are free under all of these keys; the first at least `lead` from now. Answers
-- in how many milliseconds it is, or null when it would be further off than `within`. The rows are locked before they
-- are read: an update with a join that waited for one would look at what it was before.
create function book_slots(keys text[], wanted integer, step interval, lead interval, within interval) returns float8
language plpgsql as $$
declare
  locked integer;
  first_at timestamptz;
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
  update rate_slot set next_at = first_at + wanted * step where key = any(keys);
  return extract(epoch from first_at - chorus_now()) * 1000;
end $$;
