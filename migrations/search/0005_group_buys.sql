-- Group buys as they can be found beside listings: a read model of its own, fed by their hosts' worker, on the same words.

-- What was heard of each group buy. One that is over stays known for a while: a fact that arrives late brings nothing back.
-- `heard_id` is the event that set `version`, so that the other statements of its batch know whether they may follow.
CREATE TABLE known_buys (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL CHECK (version >= 1),
  heard_id TEXT NOT NULL,
  over_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX known_buys_over ON known_buys (over_at_ms) WHERE over_at_ms IS NOT NULL;

-- What can be found: what is not over. `seq` is the order of newness and the rowid of the index; it stays as long as the row does.
-- `card` is a JSON array (workers/search/group-buy-card.rules.ts). `digest` stands for what the index and the suggestions have of
-- it, so that people who join do not write its words anew; it is empty while they are being written.
CREATE TABLE buys (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  host_id TEXT NOT NULL,
  deadline_ms INTEGER NOT NULL,
  remaining INTEGER NOT NULL CHECK (remaining >= 0),
  lat REAL,
  lng REAL,
  digest TEXT NOT NULL,
  words TEXT NOT NULL CHECK (json_valid(words)),
  card TEXT NOT NULL CHECK (json_valid(card))
) STRICT;
CREATE INDEX buys_host ON buys (host_id);
CREATE INDEX buys_ending ON buys (deadline_ms, seq DESC);
CREATE INDEX buys_remaining ON buys (remaining, seq DESC);

-- As `grams` of 0002_search.sql.
CREATE VIRTUAL TABLE buy_grams USING fts5 (
  title, body, initials, tags,
  content = '', contentless_delete = 1, detail = full, tokenize = "ascii tokenchars '_'"
);
