-- A brand's voice says more than it did: values have ids and words by language, and there are culture, examples, words that must
-- be there, and limits. What stands in a workspace is written anew in that form; it asks for no more than it did before.
alter table workspace add column voice_version integer not null default 1;
update workspace set voice = jsonb_build_object(
  'brand', voice -> 'brand',
  'tone', coalesce(voice -> 'tone', '"warm, plain and brief"'),
  'values', (select coalesce(jsonb_agg(jsonb_build_object('id', 'value_' || place, 'text', jsonb_build_object(locale, said)) order by place), '[]')
               from jsonb_array_elements(coalesce(voice -> 'values', '[]')) with ordinality as of_voice(said, place)),
  'culture', '[]'::jsonb,
  'examples', '[]'::jsonb,
  'mustWords', '[]'::jsonb,
  'bannedWords', coalesce(voice -> 'bannedWords', '[]'),
  'limits', '{"sentenceWords": null, "sentenceCharacters": null, "emojis": null, "exclamations": null, "readingGrade": null}'::jsonb);

-- Every voice a workspace ever had. The newest also stands in the workspace, for whoever writes and checks.
create table brand_voice_version (
  workspace_id bigint not null references workspace on delete cascade,
  version integer not null,
  voice jsonb not null,
  person_id bigint references person on delete set null,
  at timestamptz not null default chorus_now(),
  primary key (workspace_id, version)
);
insert into brand_voice_version (workspace_id, version, voice, at) select id, voice_version, voice, created_at from workspace;

-- The voice a variant's words were held against; null where nobody knows any more.
alter table variant add column voice_version integer;
