/**
 * Writes the data of an answer as JSON, directly from what the schema's resolvers return. It handles only the everyday
 * case: every value is there and of its type. In any other case it throws, and the executor answers instead.
 */
import { type GraphQLLeafType, type GraphQLOutputType, isLeafType, isListType, isNonNullType } from 'graphql';
import type { SchemaContext } from '../../schema/builder.ts';
import type { FormField, FormFields, Variables } from './normal-form.ts';

/** What is the same for all fields of one request. */
export type Run = { readonly context: SchemaContext; readonly variables: Variables };

/** Writes one value, or one field of an object. */
type Write = (value: unknown, run: Run) => string;

/** Thrown when the executor must answer: for an error, a null in a non-null field, or a promise. */
class NotPlain extends Error {}

/**
 * Returns the function that writes the root fields. It gets the resolved value of each distinct field, in their order.
 * Aliases of one field are written once.
 */
export function rootsWriter(roots: FormFields): (values: readonly unknown[], run: Run) => string {
  const fields = [...new Set(roots.values())];
  const writers = fields.map((root) => (root.field ? valueWriter(root.field.type, root) : fieldWriter(root)));
  const places = [...roots].map(([key, root], index) => [leadOf(key, index), fields.indexOf(root)] as const);
  return (values, run) => {
    const texts = writers.map((write, index) => write(values[index], run));
    // V8 joins the pieces of a text when its length is asked for. Otherwise it would join those of each alias anew.
    if (fields.length < places.length) for (const each of texts) Buffer.byteLength(each);
    let text = '{';
    for (const [lead, index] of places) text += lead + texts[index];
    return `${text}}`;
  };
}

/** The text before a field's value: the comma behind the field before it, and the key. */
function leadOf(key: string, index: number): string {
  return `${index === 0 ? '' : ','}${JSON.stringify(key)}:`;
}

/** Returns the function that writes the fields of an object. It has none where directives leave all of them out. */
function objectWriter(fields: FormFields): Write {
  const writers = [...fields].map(([key, form], index) => ({
    lead: leadOf(key, index),
    write: fieldWriter(form),
  }));
  return (source, run) => {
    let text = '{';
    for (const { lead, write } of writers) text += lead + write(source, run);
    return `${text}}`;
  };
}

function fieldWriter(form: FormField): Write {
  const { field, parent } = form;
  if (field === undefined) {
    const name = JSON.stringify(parent.name);
    return () => name;
  }
  const write = valueWriter(field.type, form);
  const { resolve, name } = field;
  if (resolve === undefined) return (source, run) => write((source as Record<string, unknown>)[name], run);
  const { argumentsOf, info } = form;
  return (source, run) => write(resolve(source, argumentsOf(run.variables), run.context, info), run);
}

/** Returns the function that writes a value of a type: `CompleteValue` of the GraphQL specification (section 6.4.3). */
function valueWriter(type: GraphQLOutputType, form: FormField): Write {
  if (!isNonNullType(type)) {
    const write = presentWriter(type, form);
    return (value, run) => (value === null || value === undefined ? 'null' : write(value, run));
  }
  const write = presentWriter(type.ofType, form);
  return (value, run) => {
    if (value === null || value === undefined) throw new NotPlain();
    return write(value, run);
  };
}

function presentWriter(type: GraphQLOutputType, form: FormField): Write {
  if (isListType(type)) return listWriter(valueWriter(type.ofType, form));
  if (isLeafType(type)) return leafWriter(type);
  const write = objectWriter(form.below);
  return (value, run) => {
    if (value instanceof Error || value instanceof Promise) throw new NotPlain();
    return write(value, run);
  };
}

function listWriter(write: Write): Write {
  return (value, run) => {
    if (!Array.isArray(value)) throw new NotPlain();
    let text = '[';
    for (let index = 0; index < value.length; index++)
      text += (index === 0 ? '' : ',') + write(value[index], run);
    return `${text}]`;
  };
}

function leafWriter(type: GraphQLLeafType): Write {
  return (value) => {
    const serialized: unknown = type.serialize(value);
    if (typeof serialized === 'string') return textOf(serialized);
    if (serialized === null || serialized === undefined) throw new NotPlain();
    return JSON.stringify(serialized);
  };
}

/** Text without escapes in JSON: no quotes, backslashes or control characters, and no surrogates, which may be halves. */
const plainText = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function textOf(value: string): string {
  return plainText.test(value) ? `"${value}"` : JSON.stringify(value);
}
