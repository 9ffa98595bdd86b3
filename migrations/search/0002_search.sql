-- The read model of search: everything here is made from events and can be made again from them.

-- What was heard of each listing. A deleted one stays as a tombstone for a while: a fact that arrives late brings nothing back.
-- `heard_id` is the event that set `version`, so that the other statements of its batch know whether they may follow.
CREATE TABLE known (
  listing_id TEXT PRIMARY KEY,
  version INTEGER NOT NULL CHECK (version >= 0),
  heard_id TEXT,
  gone_at_ms INTEGER,
  counts_version INTEGER NOT NULL DEFAULT 0 CHECK (counts_version >= 0),
  views INTEGER NOT NULL DEFAULT 0,
  wishes INTEGER NOT NULL DEFAULT 0,
  comments INTEGER NOT NULL DEFAULT 0,
  chats INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX known_gone ON known (gone_at_ms) WHERE gone_at_ms IS NOT NULL;

-- What can be found (hidden and deleted listings have no row). `seq` is the order of newness (by the bump) and the rowid of
-- the index, so that the index can be read from the newest on and left after a page. `card` is the reply's card as JSON,
-- with the newest counts and the seller's newest face in it: a search reads one column and joins nothing.
CREATE TABLE docs (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  seller_id TEXT NOT NULL,
  card TEXT NOT NULL CHECK (json_valid(card)),
  words TEXT NOT NULL CHECK (json_valid(words)),
  price INTEGER NOT NULL CHECK (price >= 0),
  lat REAL,
  lng REAL,
  views INTEGER NOT NULL,
  wishes INTEGER NOT NULL,
  comments INTEGER NOT NULL,
  chats INTEGER NOT NULL
) STRICT;
CREATE INDEX docs_seller ON docs (seller_id);
CREATE INDEX docs_price_asc ON docs (price, seq DESC);
CREATE INDEX docs_price_desc ON docs (price DESC, seq DESC);
CREATE INDEX docs_views ON docs (views DESC, seq DESC);
CREATE INDEX docs_wishes ON docs (wishes DESC, seq DESC);

-- App-made pairs of characters (workers/search/text.rules.ts) and tags for filters (tags.rules.ts). `ascii` takes every other
-- script's characters as letters, whatever Unicode version SQLite knows. Contentless: the texts are not kept twice.
CREATE VIRTUAL TABLE grams USING fts5 (
  title, body, initials, tags,
  content = '', contentless_delete = 1, detail = full, tokenize = "ascii tokenchars '_'"
);

-- Members' faces as they changed, as a card shows its seller; newer than what a listing's snapshot says.
CREATE TABLE faces (
  member_id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  seller TEXT NOT NULL CHECK (json_valid(seller))
) STRICT, WITHOUT ROWID;

-- What is offered while typing: words of titles (weight: how many listings have it) and searches of the last day (weight: how
-- many visitors made it).
CREATE TABLE suggestions (
  kind TEXT NOT NULL CHECK (kind IN ('title', 'query')),
  text TEXT NOT NULL,
  jamo TEXT NOT NULL,
  initials TEXT NOT NULL,
  weight INTEGER NOT NULL CHECK (weight >= 0),
  PRIMARY KEY (kind, text)
) STRICT, WITHOUT ROWID;
CREATE INDEX suggestions_jamo ON suggestions (jamo);
CREATE INDEX suggestions_jamo_1 ON suggestions (substr(jamo, 1, 1), weight DESC);
CREATE INDEX suggestions_jamo_2 ON suggestions (substr(jamo, 1, 2), weight DESC);
CREATE INDEX suggestions_initials ON suggestions (initials);
CREATE INDEX suggestions_popular ON suggestions (kind, weight DESC);

-- Who searched what, once a visitor a term; rows leave after a day and take their weight along.
CREATE TABLE searches (
  term TEXT NOT NULL,
  visitor TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (term, visitor)
) STRICT, WITHOUT ROWID;
CREATE INDEX searches_age ON searches (at_ms);
CREATE TRIGGER searches_counted AFTER INSERT ON searches BEGIN
  UPDATE suggestions SET weight = weight + 1 WHERE kind = 'query' AND text = new.term;
END;
CREATE TRIGGER searches_forgotten AFTER DELETE ON searches BEGIN
  UPDATE suggestions SET weight = max(weight - 1, 0) WHERE kind = 'query' AND text = old.term;
END;
