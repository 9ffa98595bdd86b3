// Head of a process group: runs a command, and ends the whole group when whoever started it is gone. Its standard input is
// a pipe nobody writes to; it closes when the other end dies, however it died (kill -9 included).
import { spawn } from 'node:child_process'

const [command, ...args] = process.argv.slice(2)
const endGroup = () => process.kill(-process.pid, 'SIGKILL')
process.stdin.on('end', endGroup).on('error', endGroup).resume()
// The command gets the signals itself, being in the same group; this process waits for how it ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
child.on('error', (error) => {
  console.error(error.message)
  process.exit(127)
})
child.on('exit', (code) => process.exit(code ?? 1))
