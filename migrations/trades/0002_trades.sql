-- Closed deals, what both sides said of each other, and when and where they meet.

CREATE TABLE trades (
  id TEXT NOT NULL PRIMARY KEY,
  listing_id TEXT NOT NULL,
  -- Title, photo and price as they were when the trade was closed.
  title TEXT NOT NULL,
  image TEXT CHECK (image IS NULL OR json_valid(image)),
  price INTEGER NOT NULL CHECK (price BETWEEN 0 AND 999999999),
  seller_id TEXT NOT NULL,
  buyer_id TEXT NOT NULL CHECK (buyer_id <> seller_id),
  room_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('pending', 'paid', 'completed', 'cancelled', 'failed', 'disputed')),
  -- 1 from the undoing until listings has put the thing on sale again; the tick asks once more.
  reopen_waiting INTEGER NOT NULL DEFAULT 0 CHECK (reopen_waiting IN (0, 1)),
  -- Grows with each change and each review; every write names the version it saw.
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at_ms INTEGER NOT NULL,
  completed_at_ms INTEGER CHECK (state <> 'completed' OR completed_at_ms IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- At most one trade a listing is under way. A completed one is not: a thing put on sale anew may be sold anew.
CREATE UNIQUE INDEX trades_under_way ON trades (listing_id) WHERE state IN ('pending', 'paid', 'disputed');
CREATE INDEX trades_listing ON trades (listing_id, created_at_ms);
CREATE INDEX trades_sales ON trades (seller_id, created_at_ms, id) WHERE state IN ('paid', 'completed', 'disputed');
CREATE INDEX trades_purchases ON trades (buyer_id, created_at_ms, id) WHERE state IN ('paid', 'completed', 'disputed');
CREATE INDEX trades_sold ON trades (seller_id) WHERE state = 'completed';
CREATE INDEX trades_bought ON trades (buyer_id) WHERE state = 'completed';
CREATE INDEX trades_pending ON trades (created_at_ms) WHERE state = 'pending';
CREATE INDEX trades_failed ON trades (created_at_ms) WHERE state = 'failed';
CREATE INDEX trades_to_reopen ON trades (created_at_ms) WHERE reopen_waiting = 1;

CREATE TABLE reviews (
  id TEXT NOT NULL PRIMARY KEY,
  trade_id TEXT NOT NULL REFERENCES trades (id),
  author_id TEXT NOT NULL,
  subject_id TEXT NOT NULL CHECK (subject_id <> author_id),
  -- What the author was in the trade.
  role TEXT NOT NULL CHECK (role IN ('seller', 'buyer')),
  score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
  tags TEXT NOT NULL CHECK (json_valid(tags)),
  text TEXT,
  written_at_ms INTEGER NOT NULL,
  -- From when others may read it: fourteen days after the trade, or when the second of the two was written.
  shows_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX reviews_side ON reviews (trade_id, role);
CREATE INDEX reviews_subject ON reviews (subject_id, shows_at_ms, id, score);

CREATE TABLE appointments (
  id TEXT NOT NULL PRIMARY KEY,
  room_id TEXT NOT NULL,
  listing_id TEXT NOT NULL,
  seller_id TEXT NOT NULL,
  buyer_id TEXT NOT NULL CHECK (buyer_id <> seller_id),
  place TEXT NOT NULL,
  meet_at_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('set', 'cancelled', 'over')),
  -- Who made it as it stands: the maker, or whoever moved it last.
  set_by TEXT NOT NULL CHECK (set_by IN (seller_id, buyer_id)),
  -- How each side says the OTHER kept it.
  seller_said TEXT CHECK (seller_said IN ('kept', 'late', 'missed')),
  buyer_said TEXT CHECK (buyer_said IN ('kept', 'late', 'missed')),
  -- When both are to be reminded; null once they were, or when there is no need.
  remind_at_ms INTEGER,
  version INTEGER NOT NULL CHECK (version >= 1),
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX appointments_set ON appointments (room_id) WHERE state = 'set';
CREATE INDEX appointments_room ON appointments (room_id, created_at_ms, id);
CREATE INDEX appointments_of_listing ON appointments (listing_id, meet_at_ms) WHERE state = 'set';
CREATE INDEX appointments_of_seller ON appointments (seller_id, meet_at_ms, id) WHERE state = 'set';
CREATE INDEX appointments_of_buyer ON appointments (buyer_id, meet_at_ms, id) WHERE state = 'set';
CREATE INDEX appointments_to_remind ON appointments (remind_at_ms) WHERE remind_at_ms IS NOT NULL;
CREATE INDEX appointments_to_end ON appointments (meet_at_ms) WHERE state = 'set';
CREATE INDEX appointments_said_of_seller ON appointments (seller_id, buyer_said) WHERE buyer_said IS NOT NULL;
CREATE INDEX appointments_said_of_buyer ON appointments (buyer_id, seller_said) WHERE seller_said IS NOT NULL;
