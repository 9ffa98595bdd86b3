/** A letter to one person. */
export type Letter = { to: string; subject: string; text: string }

/**
 * What sends letters. Throws when the provider refuses or is out of reach; the caller tries again later with the same
 * `letterId`, which a provider that knows it sends only once.
 */
export type MailSender = { send(letterId: string, letter: Letter): Promise<void> }
