/**
 * Writes an answer as JSON, directly from what the schema's resolvers return. It handles only the everyday case: every
 * value is there and of its type. In any other case it throws, and the executor answers instead.
 */
import { type GraphQLLeafType, type GraphQLOutputType, isLeafType, isListType, isNonNullType } from 'graphql';
import type { SchemaContext } from '../../schema/builder.ts';
import { AnswerBytes } from './answer-bytes.ts';
import type { FormField, FormFields, Variables } from './normal-form.ts';

/** What is the same for all fields of one request. */
export type Run = { readonly context: SchemaContext; readonly variables: Variables };

/** Writes one value, or one field of an object. */
type Write = (value: unknown, run: Run) => void;

/** Thrown when the executor must answer: for an error, a null in a non-null field, or a promise. */
class NotPlain extends Error {}

/** The answer that is being written. Nothing is awaited while it is, so there is one at a time. */
const answer = new AnswerBytes();

/**
 * Returns the function that writes an answer. It gets the resolved value of each distinct root field, in their order.
 * Aliases of one field are written once.
 */
export function answerWriter(roots: FormFields): (values: readonly unknown[], run: Run) => Buffer {
  const fields = [...new Set(roots.values())];
  const writers = fields.map((root) => (root.field ? valueWriter(root.field.type, root) : fieldWriter(root)));
  const places = leadsOf(roots).map(({ lead, form }) => ({ lead, index: fields.indexOf(form) }));
  const end = Buffer.from(`${endOf(roots)}}`);
  return (values, run) => {
    const written: { readonly from: number; readonly to: number }[] = [];
    try {
      answer.add(start);
      for (const { lead, index } of places) {
        answer.add(lead);
        const known = written[index];
        if (known !== undefined) answer.repeat(known.from, known.to);
        else {
          const from = answer.length;
          writers[index]?.(values[index], run);
          written[index] = { from, to: answer.length };
        }
      }
      answer.add(end);
      return answer.copy();
    } finally {
      answer.clear();
    }
  };
}

/** The text before the value of each field: the brace or comma before it, and its key. */
function leadsOf(fields: FormFields): readonly { readonly lead: Buffer; readonly form: FormField }[] {
  return Array.from(fields, ([key, form], index) => ({
    lead: Buffer.from(`${index === 0 ? '{' : ','}"${key}":`),
    form,
  }));
}

/** The text after the last field. An object has no field where directives leave all of them out. */
const endOf = (fields: FormFields): string => (fields.size === 0 ? '{}' : '}');

const start = Buffer.from('{"data":');
const nullText = Buffer.from('null');
const openList = Buffer.from('[');
const comma = Buffer.from(',');
const closeList = Buffer.from(']');

function objectWriter(fields: FormFields): Write {
  const writers = leadsOf(fields).map(({ lead, form }) => ({ lead, write: fieldWriter(form) }));
  const end = Buffer.from(endOf(fields));
  return (source, run) => {
    for (const { lead, write } of writers) {
      answer.add(lead);
      write(source, run);
    }
    answer.add(end);
  };
}

function fieldWriter(form: FormField): Write {
  const { field, parent } = form;
  if (field === undefined) return () => answer.addString(parent.name);
  const write = valueWriter(field.type, form);
  const { resolve, name } = field;
  if (resolve === undefined) return (source, run) => write((source as Record<string, unknown>)[name], run);
  const { argumentsOf, info } = form;
  return (source, run) => write(resolve(source, argumentsOf(run.variables), run.context, info), run);
}

/** Returns the function that writes a value of a type: `CompleteValue` of the GraphQL specification (section 6.4.3). */
function valueWriter(type: GraphQLOutputType, form: FormField): Write {
  const isRequired = isNonNullType(type);
  const write = presentWriter(isRequired ? type.ofType : type, form);
  return (value, run) => {
    if (value !== null && value !== undefined) write(value, run);
    else if (isRequired) throw new NotPlain();
    else answer.add(nullText);
  };
}

function presentWriter(type: GraphQLOutputType, form: FormField): Write {
  if (isListType(type)) return listWriter(valueWriter(type.ofType, form));
  if (isLeafType(type)) return leafWriter(type);
  const write = objectWriter(form.below);
  return (value, run) => {
    if (value instanceof Error || value instanceof Promise) throw new NotPlain();
    write(value, run);
  };
}

function listWriter(write: Write): Write {
  return (value, run) => {
    if (!Array.isArray(value)) throw new NotPlain();
    answer.add(openList);
    for (let index = 0; index < value.length; index++) {
      if (index > 0) answer.add(comma);
      write(value[index], run);
    }
    answer.add(closeList);
  };
}

function leafWriter(type: GraphQLLeafType): Write {
  return (value) => {
    const serialized: unknown = type.serialize(value);
    if (typeof serialized === 'string') answer.addString(serialized);
    else if (typeof serialized === 'number' || typeof serialized === 'boolean')
      answer.addJson(`${serialized}`);
    else throw new NotPlain();
  };
}
