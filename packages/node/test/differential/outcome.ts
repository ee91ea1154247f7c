/** What a caller got from one step: a response, or an error's class. */
export type StepOutcome =
  | { status: number; url: string; history: [status: number, url: string][]; text: unknown }
  | { error: string; history?: number }

/** The result of a call, and the cookies in the jar at the end. */
export interface Outcome {
  steps: StepOutcome[]
  cookies: [name: string, value: string, domain: string, path: string][]
}
