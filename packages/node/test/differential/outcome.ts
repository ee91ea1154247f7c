/** What a caller got from one step: a response, or an error's class. */
export type StepOutcome =
  | { status: number; url: string; history: [status: number, url: string][]; text: unknown }
  | { error: string; history?: number }

/** What a caller got from a call, and what its jar held at the end. */
export interface Outcome {
  steps: StepOutcome[]
  cookies: [name: string, value: string, domain: string, path: string][]
}
