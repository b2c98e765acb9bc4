-- What a frequency cap counts, asked by the plan of one contact after another and by a permit of a whole batch at once.
-- Numbers are those of packages/core/src/message.ts.

-- One row: how many messages of a class the contact was sent on a channel since then. What is with a provider, or in doubt,
-- counts as sent. Inlined where it is called, as any SQL function that reads one query.
create function sent_since(of_contact bigint, on_channel smallint, in_class smallint, since timestamptz, but bigint default null)
returns table (sent bigint)
language sql stable as $$
  select count(*) from message m
   where m.contact_id = of_contact and m.channel_no = on_channel and m.class = in_class
     and m.id is distinct from but
     and case m.state when 0 then exists (select 1 from due d where d.message_id = m.id and d.state = 2)
                      else m.state in (3, 8, 9) and m.settled_at > since end
$$;

-- The same of many contacts, in their order; null where no contact is given. Until the transaction ends nobody else gets an
-- answer about them: of two permits that ask at once, the second counts what the first has let go. It is a function because
-- a statement sees nothing that was committed after it began, and each statement in here begins when the one before has
-- ended. A lock is of as many contacts as a lane, so that workers, who pump different lanes, do not wait for each other.
create function count_and_hold(messages bigint[], contacts bigint[], channels smallint[], classes smallint[], since timestamptz[]) returns bigint[]
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(kind, slice) from (
    select distinct a.channel * 256 + a.class as kind, abs(mod(hashint8(a.contact), 16)) as slice
      from unnest(contacts, channels, classes) as a(contact, channel, class) where a.contact is not null
     order by kind, slice) as in_order;
  return (select array_agg(s.sent order by a.place)
            from unnest(messages, contacts, channels, classes, since) with ordinality as a(message, contact, channel, class, since, place)
            left join lateral sent_since(a.contact, a.channel, a.class, a.since, a.message) s on a.contact is not null);
end $$;
