/**
 * A worker that can be stopped and started while the platform runs: what tests/support/stoppable.ts puts around a domain's own
 * module. Stopped, it fails whoever asks it as a worker does that cannot run: requests and RPC calls throw in the caller, a
 * batch of its queue throws and is delivered again, and its objects' alarms wait. Only its workflows that are already
 * on their way go on.
 */
let isStopped = false

/** The address by which a test, and nobody else, switches a worker. */
const SWITCH_HOST = 'switch.test'
/** How long an alarm that goes off while its worker is stopped waits before it goes off again. */
const ALARM_AGAIN_MS = 500

const mustRun = (): void => {
  if (isStopped) throw new Error('the worker is stopped')
}

type Handler = {
  fetch(request: Request, env: object, ctx: ExecutionContext): Response | Promise<Response>
  queue?(batch: MessageBatch, env: object, ctx: ExecutionContext): Promise<void>
}

/** A worker's default export, which a test can stop. */
export function stoppableHandler(handler: Handler): Handler {
  return {
    async fetch(request, env, ctx) {
      const url = new URL(request.url)
      if (url.hostname === SWITCH_HOST) return turned(url.pathname)
      mustRun()
      return await handler.fetch(request, env, ctx)
    },
    async queue(batch, env, ctx) {
      mustRun()
      await handler.queue?.(batch, env, ctx)
    },
  }
}

function turned(pathname: string): Response {
  isStopped = pathname === '/stop'
  return new Response(isStopped ? 'stopped' : 'running')
}

// The runtime builds these classes with what it has; a mixin's constructor must take anything.
// biome-ignore lint/suspicious/noExplicitAny: TypeScript accepts no other parameters for a mixin
type Class<Instance = object> = new (...parts: any[]) => Instance

/** An RPC class whose every method fails its caller while the worker is stopped. */
export function stoppableEntrypoint<Entrypoint extends Class>(entrypoint: Entrypoint): Entrypoint {
  const stoppable = class extends entrypoint {}
  for (const name of Object.getOwnPropertyNames(entrypoint.prototype)) {
    const method: unknown = Reflect.get(entrypoint.prototype, name)
    if (name === 'constructor' || typeof method !== 'function') continue
    const guarded = async function (this: object, ...parts: unknown[]): Promise<unknown> {
      mustRun()
      return await Reflect.apply(method, this, parts)
    }
    Object.defineProperty(stoppable.prototype, name, { value: guarded, writable: true, configurable: true })
  }
  return stoppable
}

type WithAlarm = { alarm?(info?: AlarmInvocationInfo): Promise<void> | void }

/** A Durable Object whose alarm waits for its worker. */
export function stoppableObject<Instance extends WithAlarm>(object: Class<Instance>): Class<Instance> {
  const alarm = object.prototype.alarm
  if (typeof alarm !== 'function') return object
  const states = new WeakMap<object, DurableObjectState>()
  const Base: Class<WithAlarm> = object
  const stoppable = class extends Base {
    // biome-ignore lint/suspicious/noExplicitAny: TypeScript accepts no other parameters for a mixin
    constructor(...parts: any[]) {
      super(...parts)
      states.set(this, parts[0])
    }
    override async alarm(info?: AlarmInvocationInfo): Promise<void> {
      if (!isStopped) return await Reflect.apply(alarm, this, [info])
      await states.get(this)?.storage.setAlarm(Date.now() + ALARM_AGAIN_MS)
    }
  }
  return stoppable as Class<Instance>
}
