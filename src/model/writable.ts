/** An object while it is being made: its fields can be assigned. */
export type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
