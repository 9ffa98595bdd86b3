import fc from 'fast-check'

/**
 * A commit's tests draw the same examples each time, so that a red run speaks of the change and not of the dice; the nightly run draws
 * fresh ones. What it finds prints its seed: give it as MADANG_SEED to see it again.
 */
const COMMIT_SEED = 20_261_121

const asked = process.env.MADANG_SEED
if (asked !== undefined) fc.configureGlobal({ seed: Number(asked) })
else if (process.env.MADANG_SCALE !== 'nightly') fc.configureGlobal({ seed: COMMIT_SEED })
