-- What is to be told to whom, until it is in their inbox. An inbox itself is an object of its own (durable-objects/inbox).

-- Something to tell: written in the batch of the fact it comes from, gone once everybody has it.
CREATE TABLE errands (
  id TEXT PRIMARY KEY,
  errand TEXT NOT NULL CHECK (json_valid(errand)),
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX errands_age ON errands (created_at_ms);

-- An errand's way to one member. Its rowid is how a chunk that was carried out is crossed off.
CREATE TABLE deliveries (
  errand_id TEXT NOT NULL REFERENCES errands (id),
  member_id TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  due_at_ms INTEGER NOT NULL,
  UNIQUE (errand_id, member_id)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due_at_ms);

-- Who is told what becomes of a listing: those who wished it and those who chat about it. A row that no longer watches stays a while,
-- so that an older wish heard late does not bring it back.
CREATE TABLE watchers (
  listing_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('wish', 'chat')),
  is_watching INTEGER NOT NULL CHECK (is_watching IN (0, 1)),
  version INTEGER NOT NULL,
  noted_at_ms INTEGER NOT NULL,
  PRIMARY KEY (listing_id, member_id, why)
) STRICT, WITHOUT ROWID;
CREATE INDEX watchers_member ON watchers (member_id);
CREATE INDEX watchers_gone ON watchers (noted_at_ms) WHERE is_watching = 0;

-- Of a watched listing: what it is called, and the newest version told of, so that older news is not told after newer.
CREATE TABLE listings (
  listing_id TEXT PRIMARY KEY,
  title TEXT,
  version INTEGER NOT NULL CHECK (version >= 0),
  is_deleted INTEGER NOT NULL CHECK (is_deleted IN (0, 1)),
  noted_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX listings_age ON listings (noted_at_ms);
