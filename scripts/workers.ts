import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'smol-toml'
import { z } from 'zod'
import { Refused } from './refused.ts'

const ServiceBinding = z.object({
  binding: z.string(),
  service: z.string(),
  entrypoint: z.string().optional(),
})
const Consumer = z.object({
  queue: z.string(),
  dead_letter_queue: z.string().optional(),
  max_batch_size: z.number().optional(),
  max_batch_timeout: z.number().optional(),
  max_retries: z.number().optional(),
  retry_delay: z.number().optional(),
})

/** What our scripts read of a wrangler.toml; wrangler itself checks the rest. */
export const WranglerToml = z.object({
  name: z.string(),
  main: z.string(),
  compatibility_date: z.string(),
  workers_dev: z.boolean().optional(),
  define: z.record(z.string(), z.string()).optional(),
  vars: z.record(z.string(), z.unknown()).optional(),
  secrets: z.object({ required: z.array(z.string()) }).optional(),
  services: z.array(ServiceBinding).default([]),
  d1_databases: z
    .array(
      z.object({
        binding: z.string(),
        database_name: z.string(),
        database_id: z.string().optional(),
        preview_database_id: z.string().optional(),
        migrations_dir: z.string().optional(),
      }),
    )
    .default([]),
  queues: z
    .object({
      producers: z.array(z.object({ binding: z.string(), queue: z.string() })).default([]),
      consumers: z.array(Consumer).default([]),
    })
    .default({ producers: [], consumers: [] }),
  durable_objects: z
    .object({
      bindings: z.array(
        z.object({ name: z.string(), class_name: z.string(), script_name: z.string().optional() }),
      ),
    })
    .default({ bindings: [] }),
  migrations: z
    .array(z.object({ tag: z.string(), new_sqlite_classes: z.array(z.string()).default([]) }))
    .default([]),
  workflows: z.array(z.object({ binding: z.string(), name: z.string(), class_name: z.string() })).default([]),
})
export type WranglerToml = z.infer<typeof WranglerToml>

/** A worker as its wrangler.toml describes it. */
export type Worker = { config: string; dir: string; toml: WranglerToml }

/** Every worker of the platform: the edge first (the only one wrangler lets listen), the domains by name, the pages last. */
export function readWorkers(root: string): Worker[] {
  const domains = readdirSync(join(root, 'workers'))
    .sort()
    .map((name) => join(root, 'workers', name, 'wrangler.toml'))
  return [join(root, 'wrangler.toml'), ...domains, join(root, 'web', 'wrangler.toml')]
    .filter((config) => existsSync(config))
    .map(readWorker)
}

/** One worker; a wrangler.toml that cannot be read is named in one sentence. */
export function readWorker(config: string): Worker {
  const parsed = WranglerToml.safeParse(parse(readFileSync(config, 'utf8')))
  if (!parsed.success) throw new Refused(`${config} is not as expected: ${z.prettifyError(parsed.error)}`)
  return { config, dir: dirname(config), toml: parsed.data }
}
