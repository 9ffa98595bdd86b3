/** Something the person at the keyboard can put right: its message is one sentence, shown without a stack. */
export class Refused extends Error {}

/** Runs a command's main; a refusal is one sentence, a bug keeps its stack; both end with exit code 1. */
export async function main(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    if (error instanceof Refused) console.error(`✘ ${error.message}`)
    else console.error(error)
    process.exit(1)
  }
}
