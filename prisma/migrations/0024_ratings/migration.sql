-- What people say of wordings: asked for anew with a note, rejected with a reason, rated. And what each wording was the answer to.
alter table variant add column note text;
alter table variant_revision
  add column messages jsonb,
  add column note text,
  add column rejected_at timestamptz,
  add column rejected_by bigint references person,
  add column rejected_because text;

create table rating (
  variant_id bigint not null,
  revision integer not null,
  person_id bigint not null references person on delete cascade,
  quality smallint not null check (quality between 1 and 5),
  accuracy smallint not null check (accuracy between 1 and 5),
  at timestamptz not null default chorus_now(),
  primary key (variant_id, revision, person_id),
  foreign key (variant_id, revision) references variant_revision on delete cascade
);
