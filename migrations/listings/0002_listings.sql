-- Listings, their sellers' faces, wishes and comments. Positions are thousandths of a degree: finer is never stored.

-- What a card shows of a member, fed by member.profile_changed; the first one is asked of identity.
CREATE TABLE sellers (
  member_id TEXT PRIMARY KEY,
  nickname TEXT NOT NULL,
  photo_id TEXT,
  -- The member's version this face is of; 0 when it was asked for rather than heard.
  version INTEGER NOT NULL CHECK (version >= 0),
  withdrawn_at_ms INTEGER,
  -- Set once nothing of a withdrawn member is left on show.
  cleared_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sellers_to_clear ON sellers (withdrawn_at_ms) WHERE withdrawn_at_ms IS NOT NULL AND cleared_at_ms IS NULL;

-- The story comes last: the columns a list reads then stay on a row's first page.
CREATE TABLE listings (
  id TEXT NOT NULL UNIQUE,
  -- What orders equals in every list. Not the rowid: SQLite bounds an index walk by (key, column), never by (key, rowid).
  seq INTEGER NOT NULL UNIQUE,
  seller_id TEXT NOT NULL REFERENCES sellers (member_id),
  title TEXT NOT NULL,
  category TEXT NOT NULL,
  price INTEGER NOT NULL CHECK (price BETWEEN 0 AND 999999999),
  status TEXT NOT NULL CHECK (status IN ('on_sale', 'reserved', 'sold', 'hidden')),
  -- 1 while everyone may see it: neither hidden nor deleted.
  listed INTEGER NOT NULL CHECK (listed = (status <> 'hidden' AND deleted_at_ms IS NULL)),
  image_count INTEGER NOT NULL CHECK (image_count BETWEEN 0 AND 12),
  region TEXT,
  lat_milli INTEGER CHECK (lat_milli BETWEEN -90000 AND 90000),
  lng_milli INTEGER CHECK (lng_milli BETWEEN -180000 AND 180000),
  cell_near INTEGER,
  cell_mid INTEGER,
  cell_far INTEGER,
  views INTEGER NOT NULL DEFAULT 0 CHECK (views >= 0),
  wishes INTEGER NOT NULL DEFAULT 0 CHECK (wishes >= 0),
  comments INTEGER NOT NULL DEFAULT 0 CHECK (comments >= 0),
  chats INTEGER NOT NULL DEFAULT 0 CHECK (chats >= 0),
  -- 1 while the counters above are newer than the last listing.counted.
  counts_dirty INTEGER NOT NULL DEFAULT 0 CHECK (counts_dirty IN (0, 1)),
  counts_version INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at_ms INTEGER NOT NULL,
  bumped_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER,
  images TEXT NOT NULL CHECK (json_valid(images)),
  description TEXT NOT NULL
) STRICT;

-- The plain lists, one index a sort; what follows the position lets status and price be judged without the row.
CREATE INDEX listings_newest ON listings (bumped_at_ms, seq, status, price) WHERE listed = 1;
CREATE INDEX listings_price ON listings (price, seq, status) WHERE listed = 1;
CREATE INDEX listings_views ON listings (views, seq, status, price) WHERE listed = 1;
CREATE INDEX listings_wishes ON listings (wishes, seq, status, price) WHERE listed = 1;
CREATE INDEX listings_free ON listings (bumped_at_ms, seq, status) WHERE listed = 1 AND price = 0;
CREATE INDEX listings_category_newest ON listings (category, bumped_at_ms, seq, status, price) WHERE listed = 1;
CREATE INDEX listings_category_price ON listings (category, price, seq, status) WHERE listed = 1;
CREATE INDEX listings_category_views ON listings (category, views, seq, status, price) WHERE listed = 1;
CREATE INDEX listings_category_wishes ON listings (category, wishes, seq, status, price) WHERE listed = 1;

-- Near me: three sizes of cells, each in every order. Things without a position are in none. Each index holds all that
-- filters and distance ask of a row, so that only what is shown is read from the table.
CREATE INDEX listings_near_newest ON listings
  (cell_near, bumped_at_ms, seq, lat_milli, lng_milli, category, status, price) WHERE listed = 1 AND cell_near IS NOT NULL;
CREATE INDEX listings_near_price ON listings
  (cell_near, price, seq, lat_milli, lng_milli, category, status) WHERE listed = 1 AND cell_near IS NOT NULL;
CREATE INDEX listings_near_views ON listings
  (cell_near, views, seq, lat_milli, lng_milli, category, status, price) WHERE listed = 1 AND cell_near IS NOT NULL;
CREATE INDEX listings_near_wishes ON listings
  (cell_near, wishes, seq, lat_milli, lng_milli, category, status, price) WHERE listed = 1 AND cell_near IS NOT NULL;
CREATE INDEX listings_mid_newest ON listings
  (cell_mid, bumped_at_ms, seq, lat_milli, lng_milli, category, status, price) WHERE listed = 1 AND cell_mid IS NOT NULL;
CREATE INDEX listings_mid_price ON listings
  (cell_mid, price, seq, lat_milli, lng_milli, category, status) WHERE listed = 1 AND cell_mid IS NOT NULL;
CREATE INDEX listings_mid_views ON listings
  (cell_mid, views, seq, lat_milli, lng_milli, category, status, price) WHERE listed = 1 AND cell_mid IS NOT NULL;
CREATE INDEX listings_mid_wishes ON listings
  (cell_mid, wishes, seq, lat_milli, lng_milli, category, status, price) WHERE listed = 1 AND cell_mid IS NOT NULL;
CREATE INDEX listings_far_newest ON listings
  (cell_far, bumped_at_ms, seq, lat_milli, lng_milli, category, status, price) WHERE listed = 1 AND cell_far IS NOT NULL;
CREATE INDEX listings_far_price ON listings
  (cell_far, price, seq, lat_milli, lng_milli, category, status) WHERE listed = 1 AND cell_far IS NOT NULL;
CREATE INDEX listings_far_views ON listings
  (cell_far, views, seq, lat_milli, lng_milli, category, status, price) WHERE listed = 1 AND cell_far IS NOT NULL;
CREATE INDEX listings_far_wishes ON listings
  (cell_far, wishes, seq, lat_milli, lng_milli, category, status, price) WHERE listed = 1 AND cell_far IS NOT NULL;

-- A member's things, the hidden ones too; and how many of them are open.
CREATE INDEX listings_mine ON listings (seller_id, bumped_at_ms, seq) WHERE deleted_at_ms IS NULL;
CREATE INDEX listings_open ON listings (seller_id) WHERE deleted_at_ms IS NULL AND status <> 'sold';
CREATE INDEX listings_uncounted ON listings (seq) WHERE counts_dirty = 1;
CREATE INDEX listings_gone ON listings (deleted_at_ms) WHERE deleted_at_ms IS NOT NULL;

CREATE TABLE wishes (
  member_id TEXT NOT NULL,
  listing_id TEXT NOT NULL,
  wished_at_ms INTEGER NOT NULL,
  PRIMARY KEY (member_id, listing_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX wishes_newest ON wishes (member_id, wished_at_ms, listing_id);
CREATE INDEX wishes_listing ON wishes (listing_id);

CREATE TABLE comments (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  listing_id TEXT NOT NULL,
  parent_id TEXT,
  -- The comment a thread begins with: its own id, or its parent's. Threads stand in the order they began.
  thread_id TEXT NOT NULL CHECK (thread_id = coalesce(parent_id, id)),
  author_id TEXT NOT NULL REFERENCES sellers (member_id),
  text TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  edited_at_ms INTEGER,
  -- Set when it went while replies hang on it: its place stays, its words are gone.
  deleted_at_ms INTEGER
) STRICT;
CREATE INDEX comments_threads ON comments (listing_id, thread_id, seq);
CREATE INDEX comments_replies ON comments (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX comments_author ON comments (author_id, created_at_ms);

-- The counters move with what they count, in its own transaction.
CREATE TRIGGER wish_counted AFTER INSERT ON wishes BEGIN
  UPDATE listings SET wishes = wishes + 1, counts_dirty = 1 WHERE id = new.listing_id;
END;
CREATE TRIGGER wish_uncounted AFTER DELETE ON wishes BEGIN
  UPDATE listings SET wishes = wishes - 1, counts_dirty = 1 WHERE id = old.listing_id;
END;
CREATE TRIGGER comment_counted AFTER INSERT ON comments BEGIN
  UPDATE listings SET comments = comments + 1, counts_dirty = 1 WHERE id = new.listing_id;
END;
CREATE TRIGGER comment_uncounted AFTER DELETE ON comments WHEN old.deleted_at_ms IS NULL BEGIN
  UPDATE listings SET comments = comments - 1, counts_dirty = 1 WHERE id = old.listing_id;
END;
CREATE TRIGGER comment_blanked AFTER UPDATE OF deleted_at_ms ON comments
WHEN old.deleted_at_ms IS NULL AND new.deleted_at_ms IS NOT NULL BEGIN
  UPDATE listings SET comments = comments - 1, counts_dirty = 1 WHERE id = new.listing_id;
END;

-- Photos asked of media for a change that is not committed yet; the tick sets right what a dead request left behind.
CREATE TABLE attach_intents (
  member_id TEXT NOT NULL,
  -- The request's Idempotency-Key, so that its retry posts under the same id; or the listing it edits.
  retry_key TEXT NOT NULL,
  listing_id TEXT NOT NULL,
  intended_at_ms INTEGER NOT NULL,
  -- Set while the tick sets it right.
  settling_at_ms INTEGER,
  PRIMARY KEY (member_id, retry_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX attach_intents_age ON attach_intents (intended_at_ms);

-- Batches of views already added: a tally that died after the commit sends its batch again, and aborts here.
CREATE TABLE tally_flushes (
  tally TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  flushed_at_ms INTEGER NOT NULL,
  PRIMARY KEY (tally, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_flushes_age ON tally_flushes (flushed_at_ms);
