-- What lists and searches show of the rooms. The truth of a room is its object (durable-objects/chat-room), which flushes here.

-- Members' faces as they were last heard of; version 0 when asked for rather than heard.
CREATE TABLE faces (
  member_id TEXT PRIMARY KEY,
  nickname TEXT NOT NULL,
  photo_id TEXT,
  version INTEGER NOT NULL CHECK (version >= 0),
  withdrawn_at_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
  id TEXT PRIMARY KEY,
  listing_id TEXT NOT NULL,
  seller_id TEXT NOT NULL,
  buyer_id TEXT NOT NULL CHECK (buyer_id <> seller_id),
  -- The listing's card, as it was last heard of (RoomListing).
  listing TEXT NOT NULL CHECK (json_valid(listing)),
  listing_version INTEGER NOT NULL CHECK (listing_version >= 0),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  -- The version of the last flush; an older one changes nothing.
  version INTEGER NOT NULL DEFAULT 0 CHECK (version >= 0),
  last_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
  last_message TEXT CHECK (json_valid(last_message)),
  buyer_wrote INTEGER NOT NULL DEFAULT 0 CHECK (buyer_wrote IN (0, 1)),
  opened_at_ms INTEGER NOT NULL,
  -- When it goes for good, messages and photos with it.
  purge_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rooms_pair ON rooms (listing_id, buyer_id);
CREATE INDEX rooms_to_purge ON rooms (purge_at_ms) WHERE purge_at_ms IS NOT NULL;

-- A room as one of its two sees it, in the order of their list.
CREATE TABLE memberships (
  member_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  peer_id TEXT NOT NULL,
  listing_id TEXT NOT NULL,
  last_at_ms INTEGER NOT NULL,
  last_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
  last_read_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_read_seq >= 0),
  muted_until_ms INTEGER,
  left_at_ms INTEGER,
  PRIMARY KEY (member_id, room_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_list ON memberships (member_id, last_at_ms, room_id) WHERE left_at_ms IS NULL;
CREATE INDEX memberships_listing ON memberships (member_id, listing_id, last_at_ms, room_id) WHERE left_at_ms IS NULL;
CREATE INDEX memberships_unread ON memberships (member_id, last_seq, last_read_seq, left_at_ms)
  WHERE left_at_ms IS NULL AND last_read_seq < last_seq;
CREATE INDEX memberships_pair ON memberships (member_id, peer_id);
CREATE INDEX memberships_room ON memberships (room_id);

-- Who blocks whom, by moderation's word; an end stays as a row, so that an older fact brings nothing back.
CREATE TABLE blocks (
  member_id TEXT NOT NULL,
  blocked_id TEXT NOT NULL,
  is_blocked INTEGER NOT NULL CHECK (is_blocked IN (0, 1)),
  version INTEGER NOT NULL CHECK (version >= 1),
  PRIMARY KEY (member_id, blocked_id)
) STRICT, WITHOUT ROWID;

-- Listings that are gone: no room opens on what was deleted while it was looked at.
CREATE TABLE gone_listings (
  listing_id TEXT PRIMARY KEY,
  gone_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX gone_listings_age ON gone_listings (gone_at_ms);

-- What rooms still have to be told of facts that were heard; a row goes once its room knows.
CREATE TABLE errands (
  id INTEGER PRIMARY KEY,
  room_id TEXT NOT NULL,
  -- What it comes from (an event): the same is told once.
  source TEXT NOT NULL,
  errand TEXT NOT NULL CHECK (json_valid(errand)),
  due_at_ms INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  UNIQUE (room_id, source)
) STRICT;
CREATE INDEX errands_due ON errands (due_at_ms, id);

-- Texts that can be found by those who said or heard them. `id` rises with the order of arrival and is the index's rowid.
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  room_id TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  message TEXT NOT NULL CHECK (json_valid(message)),
  UNIQUE (room_id, seq)
) STRICT;

-- App-made pairs of characters (kit/grams.ts) and, as tags, the room and its two members: the index does the AND.
CREATE VIRTUAL TABLE grams USING fts5 (
  text, tags,
  content = '', contentless_delete = 1, detail = full, tokenize = "ascii tokenchars '_'"
);
