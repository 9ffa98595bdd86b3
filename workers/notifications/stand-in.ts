import type { PushStandIn } from './endpoint.rules.ts'

/** False in production: the bundler drops the stand-in then. */
declare const MADANG_STAND_INS: boolean

/** Where a push service is played, reached by the binding PUSH_HTTP; the name is nobody's on the internet. */
export const PUSH_STAND_IN: PushStandIn | null = MADANG_STAND_INS
  ? { host: 'push.madang.example', path: '/dev/push/' }
  : null
