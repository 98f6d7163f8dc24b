import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The words of a comment by the path of what it stands at: a method, `method params.field`, or `schemaName field`. */
export type Comments = ReadonlyMap<string, string>;

/** The files of the contract, without its tests. */
export const contractFiles = (root: string): string[] =>
  readdirSync(join(root, 'shared'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .sort()
    .map((path) => join(root, 'shared', path));

/** A comment costs nothing where the program runs, so that is where the contract says what it means. */
export function readComments(files: readonly string[]): Comments {
  const comments = new Map<string, string>();
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    visit(source, comments);
  }
  return comments;
}

function visit(node: ts.Node, comments: Map<string, string>): void {
  if (ts.isPropertyAssignment(node) && ts.isStringLiteral(node.name) && node.name.text.includes('.'))
    readMethod(node, node.name.text, comments);
  else if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
    keep(comments, node.name.text, node.parent.parent);
    readFields(node.initializer, node.name.text, comments);
  }
  ts.forEachChild(node, (child) => visit(child, comments));
}

function readMethod(node: ts.PropertyAssignment, name: string, comments: Map<string, string>): void {
  keep(comments, name, node);
  const call = node.initializer;
  const isMethod = ts.isCallExpression(call) && call.expression.getText() === 'method';
  const [params, result] = isMethod ? call.arguments : [call];
  if (params) readFields(params, `${name} params`, comments);
  if (result) readFields(result, `${name} result`, comments);
}

/** The fields of the first object that is written there. */
function readFields(node: ts.Node, owner: string, comments: Map<string, string>): void {
  const object = firstObject(node);
  for (const field of object?.properties ?? [])
    if (field.name) keep(comments, `${owner} ${field.name.getText()}`, field);
}

function firstObject(node: ts.Node): ts.ObjectLiteralExpression | undefined {
  if (ts.isObjectLiteralExpression(node)) return node;
  return ts.isCallExpression(node) && node.arguments[0] ? firstObject(node.arguments[0]) : undefined;
}

function keep(comments: Map<string, string>, path: string, node: ts.Node): void {
  const words = ts
    .getJSDocCommentsAndTags(node)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words !== '') comments.set(path, words);
}
