/** The tables of one room. Run at every start and after a purge: it makes only what is missing. */
export function makeTables(sql: SqlStorage): void {
  const columns = sql.exec<{ name: string }>("SELECT name FROM pragma_table_info('facts')").toArray()
  const isOlder = columns.length > 0 && !columns.some(({ name }) => name === 'kind')
  if (isOlder) sql.exec('ALTER TABLE facts RENAME TO facts_of_two')
  for (const statement of TABLES) sql.exec(statement)
  if (isOlder) for (const statement of OF_TWO) sql.exec(statement)
}

const TABLES = [
  // `version` rises with every change; what was changed at or before `flushed_version` is in the database for certain. A message leaves
  // this row and its sender's mark as they are: its own row says it all, so that it costs two pages of the storage and no more.
  `CREATE TABLE IF NOT EXISTS facts (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    room_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('listing', 'group_buy')),
    listing_id TEXT,
    seller_id TEXT,
    buyer_id TEXT,
    group_buy_id TEXT,
    host_id TEXT,
    members_version INTEGER NOT NULL DEFAULT 0,
    opened_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    purge_at_ms INTEGER,
    revision INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1,
    marked_seq INTEGER NOT NULL DEFAULT 0,
    flushed_version INTEGER NOT NULL DEFAULT 0,
    flushed_seq INTEGER NOT NULL DEFAULT 0,
    flushed_revision INTEGER NOT NULL DEFAULT 0,
    sending_version INTEGER,
    flush_at_ms INTEGER,
    flush_failures INTEGER NOT NULL DEFAULT 0,
    CHECK (seller_id <> buyer_id),
    CHECK (kind <> 'listing' OR (listing_id IS NOT NULL AND seller_id IS NOT NULL AND buyer_id IS NOT NULL)),
    CHECK (kind <> 'group_buy' OR (group_buy_id IS NOT NULL AND host_id IS NOT NULL)),
    CHECK (flushed_version <= version)
  ) STRICT`,
  // `sent_text` is the text as first sent, once it was edited: a message sent again is recognised all the same.
  `CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY,
    sender_id TEXT,
    client_id TEXT,
    sent_text TEXT,
    source TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'image', 'system')),
    text TEXT,
    image TEXT,
    system TEXT,
    warnings TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    edited_at_ms INTEGER,
    is_taken_back INTEGER NOT NULL DEFAULT 0 CHECK (is_taken_back IN (0, 1)),
    is_hidden INTEGER NOT NULL DEFAULT 0 CHECK (is_hidden IN (0, 1)),
    revision INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL,
    CHECK ((kind = 'system') = (sender_id IS NULL)),
    CHECK ((kind = 'system') = (system IS NOT NULL)),
    CHECK ((kind = 'text') = (text IS NOT NULL)),
    CHECK ((kind = 'image') = (image IS NOT NULL))
  ) STRICT`,
  'CREATE UNIQUE INDEX IF NOT EXISTS messages_client ON messages (sender_id, client_id) WHERE client_id IS NOT NULL',
  'CREATE UNIQUE INDEX IF NOT EXISTS messages_source ON messages (source) WHERE source IS NOT NULL',
  'CREATE INDEX IF NOT EXISTS messages_revision ON messages (revision) WHERE revision > 0',
  `CREATE TABLE IF NOT EXISTS members (
    member_id TEXT PRIMARY KEY,
    last_read_seq INTEGER NOT NULL DEFAULT 0,
    read_version INTEGER NOT NULL DEFAULT 0,
    told_seq INTEGER NOT NULL DEFAULT 0,
    told_at_ms INTEGER NOT NULL DEFAULT 0,
    muted_until_ms INTEGER,
    left_at_ms INTEGER,
    blocks INTEGER NOT NULL DEFAULT 0 CHECK (blocks IN (0, 1))
  ) STRICT`,
  // Who is to be told of a message, decided when it was sent; the row goes once the database has it.
  `CREATE TABLE IF NOT EXISTS tellings (
    seq INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    recipient_ids TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS tickets (
    hash TEXT PRIMARY KEY,
    member_id TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    session_ends_at_ms INTEGER NOT NULL
  ) STRICT`,
] as const

// Rooms that were made when all were of two: their one row and its columns go over as they are.
const KEPT = `room_id, listing_id, seller_id, buyer_id, opened_at_ms, state, purge_at_ms, revision, version, marked_seq, flushed_version,
  flushed_seq, flushed_revision, sending_version, flush_at_ms, flush_failures`
const OF_TWO = [
  `INSERT INTO facts (id, kind, ${KEPT}) SELECT id, 'listing', ${KEPT} FROM facts_of_two`,
  'DROP TABLE facts_of_two',
  'ALTER TABLE members ADD COLUMN told_at_ms INTEGER NOT NULL DEFAULT 0',
] as const
