import { type ParamsSource, mergeParams } from './merge-params.js'

/** Fields of a form: a record, pairs (a name may repeat), or `URLSearchParams`. */
export type FormSource = Exclude<ParamsSource, string>

/** Fields as `application/x-www-form-urlencoded` text. A list repeats its name; `null` leaves a field out. */
export function encodeForm(form: FormSource): string {
  return mergeParams(undefined, form, 'form').toString()
}
