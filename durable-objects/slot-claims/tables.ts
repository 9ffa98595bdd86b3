/** The tables of one group buy. Run at every start; it makes only what is missing. */
export function makeTables(sql: SqlStorage): void {
  for (const statement of TABLES) sql.exec(statement)
}

const TABLES = [
  // The counters are kept by triggers, and the CHECK over them is the promise itself: a decision that breaks it is undone whole.
  `CREATE TABLE IF NOT EXISTS facts (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    plan TEXT NOT NULL,
    planned_at_ms INTEGER NOT NULL,
    total_units INTEGER NOT NULL,
    host_units INTEGER NOT NULL CHECK (host_units >= 0),
    confirmed_units INTEGER NOT NULL DEFAULT 0 CHECK (confirmed_units >= 0),
    reserved_units INTEGER NOT NULL DEFAULT 0 CHECK (reserved_units >= 0),
    state TEXT NOT NULL DEFAULT 'recruiting' CHECK (state IN ('recruiting', 'filled', 'failed', 'cancelled')),
    terminal_at_ms INTEGER,
    next_number INTEGER NOT NULL DEFAULT 1,
    version INTEGER NOT NULL DEFAULT 0,
    flushed_version INTEGER NOT NULL DEFAULT 0,
    flush_at_ms INTEGER,
    flush_failures INTEGER NOT NULL DEFAULT 0,
    CHECK (confirmed_units + reserved_units + host_units <= total_units),
    CHECK ((state = 'recruiting') = (terminal_at_ms IS NULL)),
    CHECK (flushed_version <= version)
  ) STRICT`,
  // Who is in it; no units: who went, until the database knows.
  `CREATE TABLE IF NOT EXISTS members (
    member_id TEXT PRIMARY KEY,
    units INTEGER NOT NULL CHECK (units >= 0),
    joined_at_ms INTEGER NOT NULL,
    number INTEGER NOT NULL,
    version INTEGER NOT NULL
  ) STRICT`,
  // What stands, by the money held for it; each time a member took more is one.
  `CREATE TABLE IF NOT EXISTS holds (
    hold_id TEXT PRIMARY KEY,
    claim_id TEXT NOT NULL UNIQUE,
    member_id TEXT NOT NULL,
    units INTEGER NOT NULL CHECK (units > 0),
    number INTEGER NOT NULL
  ) STRICT`,
  'CREATE INDEX IF NOT EXISTS holds_member ON holds (member_id, number)',
  // What is being paid for. A claim that was here either stands in `holds` afterwards or its money is given back, never both.
  `CREATE TABLE IF NOT EXISTS reservations (
    claim_id TEXT PRIMARY KEY,
    member_id TEXT NOT NULL UNIQUE,
    target_units INTEGER NOT NULL,
    add_units INTEGER NOT NULL CHECK (add_units > 0),
    hold_id TEXT NOT NULL UNIQUE,
    expires_at_ms INTEGER NOT NULL,
    is_promotion INTEGER NOT NULL CHECK (is_promotion IN (0, 1))
  ) STRICT`,
  'CREATE INDEX IF NOT EXISTS reservations_expiry ON reservations (expires_at_ms)',
  `CREATE TABLE IF NOT EXISTS waiting (
    member_id TEXT PRIMARY KEY, units INTEGER NOT NULL CHECK (units > 0), number INTEGER NOT NULL UNIQUE) STRICT`,
  `CREATE TABLE IF NOT EXISTS keys (
    member_id TEXT NOT NULL, key TEXT NOT NULL, claim_id TEXT, PRIMARY KEY (member_id, key)) STRICT, WITHOUT ROWID`,
  // What is to be done elsewhere, again and again until it is.
  `CREATE TABLE IF NOT EXISTS errands (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('release', 'exchange', 'promote')),
    member_id TEXT NOT NULL,
    claim_id TEXT,
    hold_id TEXT,
    instead_hold_id TEXT,
    units INTEGER,
    due_at_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    CHECK ((kind = 'release') = (claim_id IS NULL)),
    CHECK ((kind = 'promote') = (hold_id IS NULL)),
    CHECK ((kind = 'exchange') = (instead_hold_id IS NOT NULL)),
    CHECK ((kind = 'exchange') = (units IS NOT NULL))
  ) STRICT`,
  "CREATE INDEX IF NOT EXISTS errands_exchange ON errands (member_id, number) WHERE kind = 'exchange'",
  'CREATE INDEX IF NOT EXISTS errands_due ON errands (due_at_ms)',
  `CREATE TABLE IF NOT EXISTS happenings (
    version INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    member_id TEXT,
    units INTEGER NOT NULL,
    remaining_units INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT`,
  ...counting('holds', 'confirmed_units', 'units'),
  ...counting('reservations', 'reserved_units', 'add_units'),
  // Whatever the code above it thinks: nothing is promised after the end.
  ...['holds', 'reservations', 'waiting'].map(
    (table) => `CREATE TRIGGER IF NOT EXISTS ${table}_not_after_the_end BEFORE INSERT ON ${table}
    WHEN (SELECT state FROM facts) <> 'recruiting' BEGIN SELECT RAISE(ABORT, 'the recruiting is over'); END`,
  ),
]

/** What keeps a counter of `facts` the sum over a table. */
function counting(table: string, counter: string, units: string): string[] {
  const on = (event: string, change: string) =>
    `CREATE TRIGGER IF NOT EXISTS ${table}_${event.slice(0, 6).toLowerCase()}_counted AFTER ${event} ON ${table} BEGIN
      UPDATE facts SET ${counter} = ${counter} ${change}; END`
  return [
    on('INSERT', `+ NEW.${units}`),
    on('DELETE', `- OLD.${units}`),
    on(`UPDATE OF ${units}`, `+ NEW.${units} - OLD.${units}`),
  ]
}
