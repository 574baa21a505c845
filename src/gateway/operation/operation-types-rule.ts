/**
 * The validation rule that graphql 16 leaves out: an operation's type must be one that the schema has.
 */
import { GraphQLError, type ValidationRule } from 'graphql';

/** Refuses mutations and subscriptions of a schema without them; else they would fail in execution, without a path. */
export const operationTypesRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    const message = `This schema has no operations of type ${node.operation}`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});
