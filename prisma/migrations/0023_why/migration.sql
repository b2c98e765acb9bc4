-- What a message was decided by, where it is not kept already: so that `GET /v1/messages/:id/why` says what was true then.

-- Who wrote each wording and what was found in it. The variant itself only knows its newest.
alter table variant_revision
  add column model text,
  add column prompt text,
  add column fallback_reason text,
  add column findings jsonb not null default '[]';
update variant_revision r
   set model = v.model, prompt = v.prompt, fallback_reason = v.fallback_reason, findings = v.findings
  from variant v where v.id = r.variant_id and v.revision = r.revision;

-- A run names the revision of each variant that it sends. Of older runs only those can tell whose words nobody touched since.
update run r set plan = r.plan || jsonb_build_object('variants', (
    select coalesce(jsonb_agg(case when v.id is null then of_plan.each
                                   else of_plan.each || jsonb_build_object('revision', v.revision) end order by of_plan.place), '[]')
      from jsonb_array_elements(r.plan -> 'variants') with ordinality as of_plan(each, place)
      left join variant v on v.id = (of_plan.each ->> 'id')::bigint and v.updated_at <= r.started_at))
 where r.campaign_id is not null and jsonb_array_length(r.plan -> 'variants') > 0;

-- The newest activity that there was when a run was launched. What came later, about days before, was not looked at.
alter table run_expansion add column high_activity bigint;

-- How a contact was before a change, kept only where a message was planned by it. Goes with the contact.
create table contact_past (
  contact_id bigint not null references contact on delete cascade,
  until timestamptz not null,
  external_id text not null,
  first_name text,
  fields jsonb not null,
  locale text not null,
  time_zone text,
  country text,
  profiling boolean not null,
  primary key (contact_id, until)
);

create function keep_contact_past() returns trigger language plpgsql as $$
begin
  insert into contact_past
  select was.id, chorus_now(), was.external_id, was.first_name, was.fields, was.locale, was.time_zone, was.country, was.profiling
    from was join present on present.id = was.id
   where (was.external_id, was.first_name, was.fields, was.locale, was.time_zone, was.country, was.profiling)
         is distinct from (present.external_id, present.first_name, present.fields, present.locale, present.time_zone, present.country, present.profiling)
     and exists (select 1 from message m where m.contact_id = was.id and m.created_at > coalesce(
           (select max(p.until) from contact_past p where p.contact_id = was.id), '-infinity'));
  return null;
end $$;
create trigger contact_keeps_past after update on contact
  referencing old table as was new table as present for each statement execute function keep_contact_past();

-- Of a contact that was planned before, nothing was kept.
alter table books_check add column contacts_kept_from timestamptz not null default chorus_now();
