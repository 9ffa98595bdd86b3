-- Saved searches that tell their members of what appears.

-- `gram` is one token that whatever fits must have, the rarest of the alert's words: a posting asks only for the alerts that
-- wait on a token of its own. `content` is what is asked for in one way of writing it, so that asking again makes no second.
CREATE TABLE alerts (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  member_id TEXT NOT NULL,
  content TEXT NOT NULL CHECK (json_valid(content)),
  gram TEXT NOT NULL CHECK (length(gram) BETWEEN 3 AND 4),
  q TEXT NOT NULL,
  category TEXT,
  min_price INTEGER CHECK (min_price >= 0),
  max_price INTEGER CHECK (max_price >= min_price OR min_price IS NULL),
  lat REAL CHECK (lat BETWEEN -90 AND 90),
  lng REAL CHECK (lng BETWEEN -180 AND 180),
  radius_km REAL CHECK (radius_km > 0),
  created_at_ms INTEGER NOT NULL,
  CHECK ((lat IS NULL) = (lng IS NULL) AND (lat IS NULL) = (radius_km IS NULL))
) STRICT;
CREATE UNIQUE INDEX alerts_content ON alerts (member_id, content);
CREATE INDEX alerts_gram ON alerts (gram, seq);

-- Of what an alert has told, once and for all: a listing is never told twice. `event_id` is the fact that told it.
CREATE TABLE alert_matches (
  listing_id TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (listing_id, alert_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_matches_alert ON alert_matches (alert_id);

-- Postings that more alerts wait for than one batch tells; `after_seq` is the last alert looked at. The tick goes on with them.
-- `before_price` is set when only a fall of the price is to be told.
CREATE TABLE alert_scans (
  event_id TEXT PRIMARY KEY,
  event TEXT NOT NULL CHECK (json_valid(event)),
  before_price INTEGER,
  after_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Members who left a short while ago: a token of theirs that still lives makes no alert any more.
CREATE TABLE withdrawn (
  member_id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX withdrawn_age ON withdrawn (at_ms);
