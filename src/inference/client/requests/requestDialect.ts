/** One way in which V1 servers take a picture. Registered in `index.ts`; the first is asked first. */
export interface RequestDialect {
  /** For messages, for the endpoint's field and for tests, for example `tensorflow-serving`. */
  readonly name: string;
  /** Who takes it, for a note. */
  readonly label: string;
  /** The request's text on both sides of the base64 of the picture. */
  readonly before: string;
  readonly after: string;
}
