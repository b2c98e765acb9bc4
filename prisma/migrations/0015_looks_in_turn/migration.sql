-- When somebody last looked through the whole of `due` for what should have moved. Leased rows have no index of their own,
-- so that taking and ending a lease stays within its page; to find those that nobody ends, all rows are read.
create table due_look (
  only_one boolean primary key default true check (only_one),
  looked_at timestamptz not null default '-infinity'
);
insert into due_look default values;
