/**
 * Where link `$3` of a message leads: to a link of its fact sheet (`send s`, `variant v`), or to what was picked for it
 * (`message_picks k`), at place `$4`.
 */
export const linkUrlSql = `case when $4::int is null then coalesce(s.facts, v.facts) -> 'links' -> ($3::int - 1) ->> 'url'
     else k.shown -> $4::int ->> 'url' end`;
