/** What the story is made of: its chapters, and those whom it is told about. Types alone. */

/** One operation of the story. */
export type Chapter = {
  /** The name of the operation, and the title of its tab. */
  readonly name: string;
  /** The document, with a comment for its reader. */
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Depends on a member that only the sandbox has: told nowhere else. */
  readonly sandboxOnly?: true;
};

/** A `CustomerIdentifierInput`, in full: the editor would mark a source that is left out. */
export type Identifier = { readonly name: string; readonly value: string; readonly source: string };

/** What the story is told about. */
export type Cast = {
  /** Has more than three balances. */
  readonly member: Identifier;
  /** The same one by another identifier. */
  readonly memberByEmail: Identifier;
  /** Has balances that changed in the course of 2025. */
  readonly history: Identifier;
  /** Has alternate currencies. */
  readonly currencies: Identifier;
  /** Is nobody's. */
  readonly nobody: Identifier;
  /** Registered in a web shop. */
  readonly online: Identifier;
  /** The `endCursor` of the first chapter. */
  readonly cursor: string;
};
