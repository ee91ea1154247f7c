import { contract } from '@session-fetch/test-support/contract'
import { testContract } from '../src/contract-in-page.js'

testContract(
  'default/contract',
  contract.filter((contractCase) => !contractCase.isDevelopment),
)
