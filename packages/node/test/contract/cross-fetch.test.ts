import { Agent } from 'node:http'
import * as library from '@session-fetch/node'
import { describeContract } from '@session-fetch/test-support/run-contract'
import { afterAll } from 'vitest'

const agents: Agent[] = []

/** A session over its own `http.Agent`, which selects the cross-fetch transport. */
class AgentSession extends library.Session {
  constructor(options: library.SessionOptions = {}) {
    const agent = new Agent({ keepAlive: true })
    agents.push(agent)
    super({ ...options, agent })
  }
}

afterAll(() => agents.forEach((agent) => agent.destroy()))

describeContract('the contract, over cross-fetch with an http.Agent', { ...library, Session: AgentSession })
