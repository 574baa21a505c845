/**
 * ID without loss of digits. graphql's own ID takes any integral JSON number, and of one with many digits some are gone
 * before anyone can look: `9007199254740993` would ask for the account …992.
 */
import {
  GraphQLID,
  GraphQLList,
  GraphQLNonNull,
  GraphQLScalarType,
  type GraphQLSchema,
  type GraphQLType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';
import { GatewayError } from '../errors.ts';

/** A literal is text and keeps every digit; a JSON number must be one that keeps them all. */
const exactId = new GraphQLScalarType<string, string>({
  name: 'ID',
  description: 'An id as a string. Takes an integer too, as a JSON number only up to 9007199254740991.',
  serialize: String,
  parseValue(value) {
    if (typeof value === 'string') return value;
    if (Number.isSafeInteger(value)) return String(value);
    throw wrongId();
  },
  parseLiteral(node) {
    if (node.kind === Kind.STRING || node.kind === Kind.INT) return node.value;
    throw wrongId();
  },
});

function wrongId(): GatewayError {
  const message =
    'ID takes a string, or an integer; in JSON one beyond 9007199254740991 loses digits, so send it as a string';
  return new GatewayError('BAD_USER_INPUT', message);
}

/** Puts this ID in the place of graphql's in a schema that was just built. Pothos knows no way to give it another. */
export function withExactIds(schema: GraphQLSchema): GraphQLSchema {
  const types = schema.getTypeMap();
  for (const type of Object.values(types)) {
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) putExactId(field);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      putExactId(field);
      for (const argument of field.args) putExactId(argument);
    }
  }
  types['ID'] = exactId;
  return schema;
}

function putExactId(element: { type: GraphQLType }): void {
  element.type = exactTypeOf(element.type);
}

/** The type with another ID inside; everything else stays the very same. */
function exactTypeOf(type: GraphQLType): GraphQLType {
  if (isNonNullType(type)) return new GraphQLNonNull(exactTypeOf(type.ofType));
  if (isListType(type)) return new GraphQLList(exactTypeOf(type.ofType));
  return type === GraphQLID ? exactId : type;
}
