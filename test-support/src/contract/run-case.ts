import type { ContractCase, ContractContext } from './contract-case.js'
import type { Session } from './library.js'

/** Everything of the context that does not change from case to case. */
export type ContractSetup = Omit<ContractContext, 'open'>

/** Runs one case, and closes the sessions that it opened. */
export async function runCase(contractCase: ContractCase, setup: ContractSetup): Promise<void> {
  const opened: Session[] = []
  const open: ContractContext['open'] = (options) => {
    const session = new setup.library.Session(options)
    opened.push(session)
    return session
  }
  try {
    await contractCase.run({ ...setup, open })
  } finally {
    await Promise.all(opened.map((session) => session.close()))
  }
}
