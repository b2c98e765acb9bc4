-- For which variant a call was made, and what was sent beside the words: model, limit, temperature, seed.
alter table model_call
  add column variant_id bigint,
  add column parameters jsonb;
create index model_call_of_variant on model_call (variant_id, id) where variant_id is not null;
