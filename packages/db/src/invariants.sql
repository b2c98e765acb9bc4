-- What must be true of the ledger at every instant, one query for each promise. A query names what breaks its promise:
-- the run, the message where it is about one, and why. None that holds has a row. A part that begins with "Nothing to
-- check" says why there is no query. packages/db/src/invariants.ts runs them all in one snapshot; numbers of states and
-- classes are those of packages/core/src/message.ts.


-- I1 The books of every run balance: what was planned has one outcome or is open, and what is over has nothing open.
-- Counted three times: while planning (run_expansion), in the record (message), and in what is still due.
with counted as (
  select coalesce(m.run_id, d.run_id) as run_id,
         count(m.id) as planned,
         count(*) filter (where m.state between 3 and 9) as ended,
         count(*) filter (where m.state = 0 and d.message_id is not null) as open,
         count(*) filter (where m.state = 0 and d.message_id is null) as lost,
         count(*) filter (where m.state is distinct from 0 and d.message_id is not null) as stray
    from message m full join due d on d.run_id = m.run_id and d.message_id = m.id
   group by 1
)
select c.run_id, null::bigint as message_id,
       case when lost > 0 then 'neither open nor ended: ' || lost
            when stray > 0 then 'due, and ended or never planned: ' || stray
            when c.planned <> ended + open then c.planned || ' planned, ' || ended || ' ended, ' || open || ' open'
            when e.planned <> c.planned then e.planned || ' counted while planning, ' || c.planned || ' recorded'
            else 'the run is ' || r.state || ', and still open: ' || open end as why
  from counted c join run r on r.id = c.run_id left join run_expansion e on e.run_id = c.run_id
 where lost > 0 or stray > 0 or c.planned <> ended + open or e.planned <> c.planned
    or (r.state in ('finished', 'cancelled') and open > 0)


-- I2 A run plans one message for one contact on one channel, and one post of a segment's words for one destination.
-- Single sends have a step below 0 and may be as many as their callers have keys for.
select run_id, max(id) as message_id, count(*) || ' messages to contact ' || contact_id || ' on one channel' as why
  from message where step >= 0 and contact_id is not null
 group by run_id, contact_id, channel_no, step having count(*) > 1
union all
select run_id, max(id), count(*) || ' posts of the same words to destination ' || destination_id
  from message where step >= 0 and destination_id is not null
 group by run_id, destination_id, variant_id having count(*) > 1


-- I3 No message is with a provider for longer than its permit and a minute: by then it has an outcome or is in doubt.
-- The sweep sees to it, so this is asked while some worker has lived for as long.
select d.run_id, d.message_id, 'still sending, and its permit ended at ' || date_trunc('second', d.send_until) as why
  from due d
 where d.state = 2 and (d.send_until is null or d.send_until < chorus_now() - interval '60 seconds')
   and exists (select 1 from worker w where w.alive_until > chorus_now() and w.started_at < chorus_now() - interval '60 seconds')


-- I4 What was accepted was handed over: it has an attempt, and the time at which that was permitted.
select m.run_id, m.id as message_id,
       case when m.attempt < 1 then 'accepted without an attempt' else 'accepted without a permit' end as why
  from message m, books_check b
 where m.state = 3 and (m.attempt < 1 or (m.permitted_at is null and m.settled_at >= b.permits_kept_from))


-- I5 Nothing accepted was permitted after its address had been suppressed: marketing never, other classes not where the
-- suppression is of all. A suppression counts once it is committed, for which it is given a second.
select m.run_id, m.id as message_id,
       'permitted ' || date_trunc('second', m.permitted_at - s.at) || ' after its address was suppressed (' || s.reason || ')' as why
  from suppression s
  join message m on m.workspace_id = s.workspace_id and m.address_hash = s.address_hash and m.channel_no = s.channel_no
 where m.state = 3 and (m.class = 2 or s.scope = 'all') and m.permitted_at > s.at + interval '1 second'


-- I6 No marketing was permitted outside the hours of its run, by any clock that the reader may live by.
-- Of a contact that was changed since or is gone, nobody knows which clock that was.
with watched as materialized (
  select r.id as run_id, n.no as channel_no, x.rules ->> 'timeZone' as zone,
         make_time((x.rules -> 'hours' ->> 'from')::int, 0, 0) as opens, make_time((x.rules -> 'hours' ->> 'to')::int, 0, 0) as closes
    from run r cross join lateral jsonb_each(r.plan -> 'rules') as x(channel, rules) join channel n on n.id = x.channel
   where x.rules ->> 'holds' = 'wait' and jsonb_typeof(x.rules -> 'hours') = 'object'
),
permitted as materialized (
  select m.run_id, m.id as message_id, w.opens, w.closes, (m.permitted_at at time zone z)::time as local
    from watched w join message m on m.run_id = w.run_id and m.channel_no = w.channel_no left join contact c on c.id = m.contact_id
    left join country_zone o on o.country = c.country and c.time_zone is null
   cross join books_check b cross join unnest(case when c.time_zone is not null then array[c.time_zone] else coalesce(o.zones, array[w.zone]) end) z
   where m.class = 2 and m.permitted_at is not null and (m.contact_id is null or c.updated_at <= m.permitted_at)
     and (c.time_zone is not null or m.permitted_at >= b.zones_kept_from)
)
select distinct on (run_id, message_id) run_id, message_id, 'permitted at ' || to_char(local, 'HH24:MI') || ', not between ' || to_char(opens, 'HH24:MI') || ' and ' || to_char(closes, 'HH24:MI') as why
  from permitted where local < opens or local >= closes order by run_id, message_id, local


-- I7 No account, sender or destination was sent to faster than its limit, in any sliding second.
-- Nothing to check: moments are booked one after the other in rate_slot, and what was booked is not kept.


-- I8 What is known of a delivery never fell back, however reports came in.
-- A trigger on the record writes down every fall.
select run_id, message_id, 'its delivery rank fell from ' || from_rank || ' to ' || to_rank as why from delivery_fall


-- I9 No run spent more than its budget.
-- Nothing to check: no budget is set.


-- I10 What was accepted said exactly what was approved: the words of its run's one content hash, unchanged since the run
-- began. A single send carries its words with it; those it took from a campaign were approved when it was taken.
with sent as (
  select run_id, variant_id, max(id) as message_id, min(permitted_at) as first_at, max(permitted_at) as last_at
    from message where state = 3 and step >= 0 group by run_id, variant_id
),
looked as (
  select s.run_id, s.message_id,
         case when r.content_hash is null then 'its run is bound to no content'
              when v.campaign_id is distinct from r.campaign_id then 'its words are not of its campaign'
              when not exists (select 1 from approval a
                                where a.campaign_id = r.campaign_id and a.content_hash = r.content_hash and a.at <= s.first_at
                                  and (a.voided_at is null or a.voided_at > r.started_at)) then 'nobody approved the content of its run'
              when exists (select 1 from variant_revision o
                            where o.variant_id = s.variant_id and o.at > r.started_at and o.at <= s.last_at)
              then 'its words were changed while its run was going out' end as why
    from sent s join run r on r.id = s.run_id left join variant v on v.id = s.variant_id
)
select run_id, message_id, why from looked where why is not null
union all
select m.run_id, m.id, 'a single send without its words'
  from run r join message m on m.run_id = r.id
 where r.day is not null and m.state = 3 and not exists (select 1 from send s where s.run_id = m.run_id and s.message_id = m.id)
union all
select m.run_id, m.id, 'a single send with words that nobody had approved'
  from run r join message m on m.run_id = r.id join variant v on v.id = m.variant_id
 where r.day is not null and m.state = 3
   and not exists (select 1 from approval a where a.campaign_id = v.campaign_id and a.at <= m.created_at
                    and (a.voided_at is null or a.voided_at > m.created_at))
