-- Browsers that take push messages for a member. An endpoint is one browser's: it belongs to one member at a time.
CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL,
  endpoint TEXT NOT NULL UNIQUE CHECK (length(endpoint) BETWEEN 1 AND 1024),
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  label TEXT NOT NULL,
  locale TEXT NOT NULL CHECK (locale IN ('ko', 'en')),
  added_at_ms INTEGER NOT NULL,
  -- When it last subscribed or took a message: of too many, the one heard of longest ago goes.
  heard_at_ms INTEGER NOT NULL,
  reached_at_ms INTEGER
) STRICT;
CREATE INDEX devices_member ON devices (member_id, heard_at_ms);
