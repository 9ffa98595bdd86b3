-- Rooms of group buys beside those of two about a listing. What only one kind has is null in the other, which takes new tables.

CREATE TABLE rooms_of_both_kinds (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL DEFAULT 'listing' CHECK (kind IN ('listing', 'group_buy')),
  listing_id TEXT,
  seller_id TEXT,
  buyer_id TEXT CHECK (buyer_id <> seller_id),
  -- The listing's card, as it was last heard of (RoomListing).
  listing TEXT CHECK (json_valid(listing)),
  listing_version INTEGER NOT NULL DEFAULT 0 CHECK (listing_version >= 0),
  group_buy_id TEXT,
  host_id TEXT,
  -- The group buy's card, as it was last heard of (RoomGroupBuy).
  group_buy TEXT CHECK (json_valid(group_buy)),
  -- The version of the last fact about the group buy that said who is in it.
  group_version INTEGER NOT NULL DEFAULT 0 CHECK (group_version >= 0),
  -- Rises whenever somebody comes into a group's room or goes: what the object is told of it later is the newer.
  members_version INTEGER NOT NULL DEFAULT 0 CHECK (members_version >= 0),
  -- How many are in a group's room, its host counted, and the first few of the others.
  member_count INTEGER NOT NULL DEFAULT 0 CHECK (member_count >= 0),
  first_members TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(first_members)),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  -- The version of the last flush; an older one changes nothing.
  version INTEGER NOT NULL DEFAULT 0 CHECK (version >= 0),
  last_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
  last_message TEXT CHECK (json_valid(last_message)),
  buyer_wrote INTEGER NOT NULL DEFAULT 0 CHECK (buyer_wrote IN (0, 1)),
  opened_at_ms INTEGER NOT NULL,
  -- When it goes for good, messages and photos with it.
  purge_at_ms INTEGER,
  CHECK (kind <> 'listing' OR (listing_id IS NOT NULL AND seller_id IS NOT NULL AND buyer_id IS NOT NULL AND listing IS NOT NULL)),
  CHECK (kind <> 'group_buy' OR (group_buy_id IS NOT NULL AND host_id IS NOT NULL AND group_buy IS NOT NULL)),
  CHECK (listing_id IS NULL OR group_buy_id IS NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO rooms_of_both_kinds (id, listing_id, seller_id, buyer_id, listing, listing_version, state, version, last_seq, last_message,
  buyer_wrote, opened_at_ms, purge_at_ms)
SELECT id, listing_id, seller_id, buyer_id, listing, listing_version, state, version, last_seq, last_message, buyer_wrote, opened_at_ms,
  purge_at_ms FROM rooms;
DROP TABLE rooms;
ALTER TABLE rooms_of_both_kinds RENAME TO rooms;
CREATE UNIQUE INDEX rooms_pair ON rooms (listing_id, buyer_id);
CREATE UNIQUE INDEX rooms_group ON rooms (group_buy_id) WHERE group_buy_id IS NOT NULL;
CREATE INDEX rooms_to_purge ON rooms (purge_at_ms) WHERE purge_at_ms IS NOT NULL;

-- A room as one of its members sees it, in the order of their list. In a group there is no peer.
CREATE TABLE memberships_of_both_kinds (
  member_id TEXT NOT NULL,
  room_id TEXT NOT NULL,
  peer_id TEXT,
  listing_id TEXT,
  last_at_ms INTEGER NOT NULL,
  last_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
  last_read_seq INTEGER NOT NULL DEFAULT 0 CHECK (last_read_seq >= 0),
  muted_until_ms INTEGER,
  left_at_ms INTEGER,
  PRIMARY KEY (member_id, room_id),
  CHECK ((peer_id IS NULL) = (listing_id IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO memberships_of_both_kinds SELECT member_id, room_id, peer_id, listing_id, last_at_ms, last_seq, last_read_seq, muted_until_ms,
  left_at_ms FROM memberships;
DROP TABLE memberships;
ALTER TABLE memberships_of_both_kinds RENAME TO memberships;
CREATE INDEX memberships_list ON memberships (member_id, last_at_ms, room_id) WHERE left_at_ms IS NULL;
CREATE INDEX memberships_listing ON memberships (member_id, listing_id, last_at_ms, room_id) WHERE left_at_ms IS NULL;
CREATE INDEX memberships_unread ON memberships (member_id, last_seq, last_read_seq, left_at_ms)
  WHERE left_at_ms IS NULL AND last_read_seq < last_seq;
CREATE INDEX memberships_pair ON memberships (member_id, peer_id);
CREATE INDEX memberships_room ON memberships (room_id);
