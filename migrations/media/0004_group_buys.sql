-- Photos may hang on a group buy too, and on its receipt. A CHECK cannot be altered, so the table is written anew.
CREATE TABLE images_with_group_buys (
  id TEXT PRIMARY KEY CHECK (length(id) = 30 AND substr(id, 1, 4) = 'img_'),
  owner_id TEXT NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  format TEXT NOT NULL CHECK (format IN ('jpeg', 'png', 'webp', 'avif')),
  -- As a person sees it, after turning.
  width INTEGER NOT NULL CHECK (width BETWEEN 1 AND 8000),
  height INTEGER NOT NULL CHECK (height BETWEEN 1 AND 8000),
  bytes INTEGER NOT NULL CHECK (bytes BETWEEN 1 AND 10485760),
  created_at_ms INTEGER NOT NULL,
  -- What it hangs on, and as the how-manieth of its photos (from 0); all three or none.
  holder_kind TEXT CHECK (holder_kind IN ('listing', 'member', 'room', 'group_buy')),
  holder_id TEXT,
  position INTEGER CHECK (position >= 0 AND (holder_kind = 'room' OR position <= 11)),
  -- When it was last taken off something; null for one that never hung anywhere.
  detached_at_ms INTEGER,
  -- A tombstone: served no more, its files are removed by the tick, then the row.
  purged_at_ms INTEGER,
  CHECK ((holder_kind IS NULL) = (holder_id IS NULL)),
  CHECK ((holder_id IS NULL) = (position IS NULL)),
  CHECK (holder_id IS NULL OR (detached_at_ms IS NULL AND purged_at_ms IS NULL))
) STRICT;
INSERT INTO images_with_group_buys (id, owner_id, sha256, format, width, height, bytes, created_at_ms,
  holder_kind, holder_id, position, detached_at_ms, purged_at_ms)
SELECT id, owner_id, sha256, format, width, height, bytes, created_at_ms,
  holder_kind, holder_id, position, detached_at_ms, purged_at_ms FROM images;
DROP TABLE images;
ALTER TABLE images_with_group_buys RENAME TO images;
CREATE INDEX images_holder ON images (holder_kind, holder_id, position) WHERE holder_id IS NOT NULL;
CREATE INDEX images_owner ON images (owner_id);
CREATE INDEX images_purged ON images (purged_at_ms) WHERE purged_at_ms IS NOT NULL;
