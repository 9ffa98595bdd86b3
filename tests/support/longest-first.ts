import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest: crash tests kill and start again, these stories wait for a deadline, an update, a silent network. */
const LONG = [
  /\/crash\//,
  /\/promises\/p(21|9|2|20|14)-/,
  /\/browser\/(home-screen|offline|together-ends|accessibility)/,
]

/** Long files begin first: one that began last would keep a single core busy while the other has nothing left. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((pattern) => pattern.test(moduleId))
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}
