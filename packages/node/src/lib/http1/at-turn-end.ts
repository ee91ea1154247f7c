let waiting: (() => void)[] = []

/** Runs what it is given at the end of this turn of the event loop, after what came from the network. */
export function atTurnEnd(run: () => void): void {
  if (waiting.push(run) === 1) setImmediate(runAll)
}

function runAll(): void {
  const all = waiting
  waiting = []
  for (const run of all) run()
}
