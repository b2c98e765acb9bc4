-- A campaign speaks from one side or several, and has a variant for each. What was written before spoke of the benefit.
alter table campaign add column angles jsonb not null default '[{"angle": "benefit", "tone": "warm", "share": 1}]';
alter table variant
  add column angle text not null default 'benefit',
  add column tone text not null default 'warm',
  drop constraint variant_campaign_id_segment_id_locale_key,
  add unique nulls not distinct (campaign_id, segment_id, locale, angle, tone);

-- A run goes on as it was frozen, and its plan says so in the form of today.
update run set plan = plan || jsonb_build_object(
  'angles', jsonb_build_array(jsonb_build_object('angle', 'benefit', 'tone', 'warm', 'share', 1)),
  'variants', (select coalesce(jsonb_agg(v || '{"angle": "benefit", "tone": "warm"}' order by place), '[]')
                 from jsonb_array_elements(plan -> 'variants') with ordinality as of_plan(v, place)))
 where plan ? 'variants';
