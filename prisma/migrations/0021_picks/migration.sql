-- What is bought in the same orders, for each product those nearest to it. Counted anew by packages/db/src/pick-count.ts.
create table product_neighbour (
  workspace_id bigint not null references workspace on delete cascade,
  product_id bigint not null,
  neighbour_id bigint not null,
  score real not null,
  -- Orders that hold both.
  orders integer not null,
  primary key (workspace_id, product_id, neighbour_id) include (score, orders)
);

-- What most contacts bought, in order: for whoever has bought nothing, and whoever declined profiling.
create table popular_product (
  workspace_id bigint not null references workspace on delete cascade,
  place smallint not null,
  product_id bigint not null,
  buyers integer not null,
  -- Within so many days; null: ever, for nobody bought it lately.
  days smallint,
  primary key (workspace_id, place)
);

-- When both were last counted, and over how many orders.
create table pick_count (
  workspace_id bigint primary key references workspace on delete cascade,
  counted_at timestamptz not null default '-infinity',
  orders integer not null default 0
);

-- What was picked for a message when it was planned, with the reasons, and what its last hand-over showed of it.
create table message_picks (
  run_id bigint not null,
  message_id bigint not null,
  workspace_id bigint not null references workspace on delete cascade,
  picks jsonb not null,
  shown jsonb not null default '[]',
  primary key (run_id, message_id)
);

-- Whether any message of the run may have picks: all others need not be asked.
alter table run add column has_picks boolean not null default false;
