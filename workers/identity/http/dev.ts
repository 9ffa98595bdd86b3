import { z } from 'zod'
import { LoginId, Nickname, Password } from '#contracts/identity'
import { nowMs } from '#kit/clock'
import { tell } from '#kit/telling'
import { makeDevMember } from '../dev.service.ts'
import { hashWork } from '../password-hash.ts'
import { throttleWork } from '../throttling.ts'
import type { App } from './caller.ts'

/** Development only: members without mail, and counts of work that tests compare. */
export function devRoutes(app: App): void {
  // Made here, not beside: so that the bundler can drop it with the function.
  const NewDevMember = z.strictObject({
    loginId: LoginId,
    email: z.email(),
    password: Password,
    nickname: Nickname,
    role: z.enum(['member', 'operator']).default('member'),
    neighbourhoodId: z.string().nullable().default(null),
    introduction: z.string().max(300).default(''),
    createdAtMs: z.int().optional(),
  })

  app.post('/dev/members', async (c) => {
    const asked = NewDevMember.parse(await c.req.json())
    const made = await makeDevMember(
      c.env,
      { ...asked, createdAtMs: asked.createdAtMs ?? nowMs() },
      c.var.requestId,
    )
    if (made.event) tell(c, [made.event])
    return c.json({ id: made.id }, made.event ? 201 : 200)
  })

  app.get('/dev/members/work', (c) => c.json({ ...hashWork, ...throttleWork }))
}
