import { DecodeError, InvalidRequestError } from '../model/errors.js'

/**
 * The Standard Schema interface, version 1: https://standardschema.dev
 *
 * @example
 * const User: StandardSchema<{ name: string }> = {
 *   '~standard': {
 *     version: 1,
 *     vendor: 'mine',
 *     validate: (value) =>
 *       typeof (value as { name?: unknown }).name === 'string'
 *         ? { value: value as { name: string } }
 *         : { issues: [{ message: 'must be text', path: ['name'] }] },
 *   },
 * }
 * const { name } = await session.get('me').json(User)
 */
export interface StandardSchema<Output = unknown> {
  /** The interface of a validator; zod, valibot and arktype have it. */
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    /** Returns the output for a valid value, and the issues of an invalid one. */
    validate(value: unknown): SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

/** One reason why a value does not match a schema. */
export interface SchemaIssue {
  /** A description of the problem. */
  readonly message: string
  /** Where it is wrong: keys and indexes, from the outside. Default: the value itself. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/**
 * Validates the JSON of a response with a schema, and returns the schema's output.
 *
 * @throws DecodeError naming the first issue; its `cause` is the list of all issues
 */
export async function validated<Output>(
  response: Response & { readonly request: { method: string; url: string } },
  json: unknown,
  schema: StandardSchema<Output>,
): Promise<Output> {
  const result = await schema['~standard'].validate(json)
  if (result.issues === undefined) return result.value
  const [first] = result.issues
  const where = first?.path?.map((step) => String(typeof step === 'object' ? step.key : step)).join('.') ?? ''
  throw new DecodeError(`The JSON does not match the schema at "${where}": ${first?.message}`, {
    request: response.request,
    response,
    cause: result.issues,
  })
}

/** A class whose `json` takes a schema and discards an unwanted response. */
interface JsonReader {
  json(schema?: StandardSchema): Promise<unknown>
  discard(): Promise<void>
}

/** Makes `json` reject with a helpful error where the argument is not a schema. */
export function checkSchemas(prototype: JsonReader): void {
  const { json } = Object.getOwnPropertyDescriptors(prototype)
  const read = json.value as JsonReader['json']
  const checked: JsonReader['json'] = async function (this: JsonReader, schema) {
    if (schema === undefined || schema === null || isSchema(schema)) return read.call(this, schema)
    await this.discard()
    throw new InvalidRequestError(
      'json() takes a schema of zod, valibot, arktype or another with "~standard"; for a type, write json<Type>()',
    )
  }
  Object.defineProperty(checked, 'name', { value: 'json' })
  Object.defineProperty(prototype, 'json', { ...json, value: checked })
}

function isSchema(schema: object): boolean {
  const { '~standard': standard } = Object(schema) as { '~standard'?: { validate?: unknown } }
  return typeof standard?.validate === 'function'
}
