// Runs under whatever Node the machine has (20 and newer), so: no TypeScript and no packages here. It makes sure that the
// packages are there, then hands over to the pinned Node in node_modules, which runs the TypeScript of the command.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_MIN = [20, 19]
const NPM_MIN = [10, 8]
const COMMANDS = [
  'start',
  'serve',
  'check',
  'test',
  'bench',
  'deploy',
  'new-domain',
  'lighthouse',
  'pwa-check',
  'independence',
  'screenshots',
  'complete-lockfile',
]
const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Is `version` (like v20.19.1) at least `least` (like [20, 19])? */
export function isAtLeast(version, least) {
  const parts = version.replace(/^v/, '').split('.').map(Number)
  for (const [index, wanted] of least.entries()) {
    const part = parts[index] ?? 0
    if (part !== wanted) return part > wanted
  }
  return true
}

/**
 * Do the installed packages differ from the lockfile? Compared by content (npm keeps what it installed in a lockfile of its
 * own), so a fresh checkout of the same lockfile does not install again.
 */
export function isStale(lockfile, installedLockfile) {
  if (!existsSync(installedLockfile)) return true
  const wanted = JSON.parse(readFileSync(lockfile, 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedLockfile, 'utf8')).packages
  return Object.entries(wanted).some(([path, entry]) => {
    if (path === '' || (entry.optional && !installed[path])) return false
    return installed[path]?.version !== entry.version
  })
}

function refuse(sentence) {
  console.error(`✘ ${sentence}`)
  process.exit(1)
}

function checkVersions() {
  if (!isAtLeast(process.version, NODE_MIN)) {
    refuse(
      `Madang needs Node ${NODE_MIN.join('.')} or newer; this is ${process.version}. Get one from https://nodejs.org.`,
    )
  }
  const npm = npmVersion()
  if (npm === null) refuse('npm was not found beside Node; install Node with npm from https://nodejs.org.')
  if (!isAtLeast(npm, NPM_MIN)) {
    refuse(
      `Madang needs npm ${NPM_MIN.join('.')} or newer; this is ${npm}. Update it with: npm install -g npm@10`,
    )
  }
}

function npmVersion() {
  const fromAgent = /npm\/(\S+)/.exec(process.env.npm_config_user_agent ?? '')?.[1]
  if (fromAgent) return fromAgent
  const asked = spawnSync('npm', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
  return asked.status === 0 ? asked.stdout.trim() : null
}

function installWhatIsMissing() {
  const isMissing = isStale(join(root, 'package-lock.json'), join(root, 'node_modules', '.package-lock.json'))
  if (!isMissing && existsSync(pinnedNode())) return
  console.log('· Installing packages (a minute or two the first time) …')
  const installed = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (installed.status !== 0) refuse('npm could not install the packages; its own words are above.')
  if (!existsSync(pinnedNode())) {
    refuse(
      'npm installed the packages but not the pinned Node; allow install scripts (npm config set ignore-scripts false).',
    )
  }
}

const pinnedNode = () =>
  join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Hands over to the pinned Node. Signals are passed on, and this process ends as its child ended. */
function handOver(command, args) {
  const bin = join(root, 'node_modules', '.bin')
  const child = spawn(pinnedNode(), [join(root, 'scripts', `${command}.ts`), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${bin}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`,
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => refuse(`the pinned Node did not start: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}

/** Checks the machine, installs what is missing and runs `scripts/<command>.ts`. */
export function run(command, args) {
  if (!COMMANDS.includes(command)) refuse(`Unknown command; there are: ${COMMANDS.join(', ')}.`)
  checkVersions()
  installWhatIsMissing()
  handOver(command, args)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) run(process.argv[2], process.argv.slice(3))
