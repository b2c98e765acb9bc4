-- What shows the claims of a variant's words that the law lets stand only with evidence: rule, words, source, who and when.
-- It belongs to the words and not to a revision: whoever edits another sentence need not record it again.
alter table variant add column evidence jsonb not null default '[]';

-- A brief says what is advertised since now; those from before are of nothing in particular.
update campaign set brief = brief || '{"sector": "general"}' where not brief ? 'sector';
