/**
 * Expressions of policies: the part of CEL, Google's Common Expression Language, that says what a number, a text or a
 * flag is made of. Everything else of CEL is refused, so that a measure takes bounded time and never depends on a clock.
 *
 * The grammar is a library's, the only one in the core. It cannot be a port, because what a document in the log means
 * must not depend on how a process was wired; its version is pinned for the same reason. Only its syntax tree is used:
 * its evaluator counts in binary floats and whole numbers, where a customer's 0.1 + 0.2 is to be 0.3 and 1 / 4 is to be
 * 0.25. So the tree is compiled to functions of exact fractions here.
 */
import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { add, compare, divide, multiply, negate, type Rational, rationalOf } from './rational.ts';

export type ExpressionType = 'number' | 'text' | 'flag';
export type ExpressionValue = Rational | string | boolean;

/** A function of the values that the expression reads; null: there is no result, as after a division by zero. */
type Evaluation = (values: readonly ExpressionValue[]) => ExpressionValue | null;

export interface Expression {
  readonly type: ExpressionType;
  /** Names in the order in which their values are given. */
  readonly reads: readonly string[];
  readonly evaluate: Evaluation;
}

export interface ExpressionProblem {
  readonly code: 'badExpression' | 'tooMany';
  readonly message: string;
  readonly remedy: string;
}

export type ExpressionResult =
  | { readonly ok: true; readonly expression: Expression }
  /** null: told already. */
  | { readonly ok: false; readonly problem: ExpressionProblem | null };

/** The type of a measure by its name; null where it cannot be read, which is told with the place. */
export type TypeOf = (name: string, place: string) => ExpressionType | null;

const lengthMax = 1000;
const nodesMax = 200;
const nouns: Readonly<Record<ExpressionType, string>> = { number: 'a number', text: 'text', flag: 'true or false' };
const whitelist =
  'An expression has numbers, texts in quotes, true and false, names of measures, + - * /, == != < <= > >=, && || !, ' +
  'a ? b : c, in [ … ], min( … ), max( … ) and text.startsWith( … ).';

const environment = new Environment({ limits: { maxAstNodes: nodesMax } });

export function compileExpression(text: string, typeOf: TypeOf): ExpressionResult {
  if (text.length > lengthMax) {
    const message = `The expression has ${text.length} characters.`;
    return { ok: false, problem: { code: 'tooMany', message, remedy: `Write ${lengthMax} at most.` } };
  }
  const tree = parse(text);
  if (!('op' in tree)) return { ok: false, problem: tree };
  const compiler = new ExpressionCompiler(typeOf);
  const typed = compiler.compile(tree);
  if (typed === null) return { ok: false, problem: compiler.problem };
  const { type, evaluate } = typed;
  return { ok: true, expression: { type, reads: compiler.reads, evaluate } };
}

function parse(text: string): ASTNode | ExpressionProblem {
  try {
    return environment.parse(text).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    if (error.code === 'limit_exceeded') {
      const message = 'The expression has too many parts.';
      return { code: 'tooMany', message, remedy: `Write ${nodesMax} at most: split it into several measures.` };
    }
    const at = error.range?.start ?? 0;
    const isAssignment = text[at] === '=';
    const what = `${error.summary}${placeOf(at)}.`;
    return { code: 'badExpression', message: what, remedy: isAssignment ? 'Write == to compare.' : whitelist };
  }
}

function placeOf(offset: number): string {
  return ` at character ${offset + 1} of the expression`;
}

interface Typed {
  readonly type: ExpressionType;
  readonly evaluate: Evaluation;
}

type Node<Op extends ASTNode['op']> = Extract<ASTNode, { readonly op: Op }>;

/** Stops at the first problem: what follows from it would not be worth reading. */
class ExpressionCompiler {
  readonly reads: string[] = [];
  problem: ExpressionProblem | null = null;
  private readonly typeOf: TypeOf;

  constructor(typeOf: TypeOf) {
    this.typeOf = typeOf;
  }

  compile(node: ASTNode): Typed | null {
    switch (node.op) {
      case 'value':
        return this.literal(node);
      case 'id':
        return this.measure(node);
      case '-_':
        return this.negated(node.args);
      case '!_':
        return this.not(node.args);
      case '+':
        return this.sum(node);
      case '-':
        return this.arithmetic(node, (a, b) => add(a, negate(b)));
      case '*':
        return this.arithmetic(node, multiply);
      case '/':
        return this.arithmetic(node, divide);
      case '<':
        return this.comparison(node, sign => sign < 0);
      case '<=':
        return this.comparison(node, sign => sign <= 0);
      case '>':
        return this.comparison(node, sign => sign > 0);
      case '>=':
        return this.comparison(node, sign => sign >= 0);
      case '==':
        return this.equality(node, true);
      case '!=':
        return this.equality(node, false);
      case '&&':
        return this.logic(node, false);
      case '||':
        return this.logic(node, true);
      case '?:':
        return this.choice(node);
      case 'in':
        return this.membership(node);
      case 'call':
        return this.call(node);
      case 'rcall':
        return this.startsWith(node);
      default:
        return this.refuse(node, 'This is not part of an expression', whitelist);
    }
  }

  private refuse(node: ASTNode, message: string, remedy: string): null {
    this.problem ??= { code: 'badExpression', message: `${message}${placeOf(node.start)}.`, remedy };
    return null;
  }

  private expect(node: ASTNode, type: ExpressionType): Evaluation | null {
    const typed = this.compile(node);
    if (typed === null) return null;
    if (typed.type === type) return typed.evaluate;
    return this.refuse(node, `There is ${nouns[typed.type]}`, `There must be ${nouns[type]}.`);
  }

  private literal(node: Node<'value'>): Typed | null {
    const { args: value } = node;
    if (typeof value === 'string') return { type: 'text', evaluate: () => value };
    if (typeof value === 'boolean') return { type: 'flag', evaluate: () => value };
    // As it is written, because the library's number may be the nearest binary one.
    const match = /^(\d+)(?:\.(\d+))?$/.exec(node.input.slice(node.start, node.end));
    if (match === null) {
      return this.refuse(node, 'This is no plain number, text or flag', 'Write decimals like 0.25, texts in quotes.');
    }
    const [, whole, fraction = ''] = match;
    const number = rationalOf(BigInt(whole! + fraction), 10n ** BigInt(fraction.length));
    return { type: 'number', evaluate: () => number };
  }

  private measure(node: Node<'id'>): Typed | null {
    const type = this.typeOf(node.args, placeOf(node.start));
    if (type === null) return null;
    const known = this.reads.indexOf(node.args);
    const index = known >= 0 ? known : this.reads.push(node.args) - 1;
    return { type, evaluate: values => values[index]! };
  }

  private negated(operand: ASTNode): Typed | null {
    const evaluate = this.expect(operand, 'number');
    if (evaluate === null) return null;
    return numberOf(values => {
      const value = evaluate(values) as Rational | null;
      return value === null ? null : negate(value);
    });
  }

  private not(operand: ASTNode): Typed | null {
    const evaluate = this.expect(operand, 'flag');
    if (evaluate === null) return null;
    return flagOf(values => {
      const value = evaluate(values);
      return value === null ? null : !value;
    });
  }

  private pair(left: ASTNode, right: ASTNode, type: ExpressionType): [Evaluation, Evaluation] | null {
    const a = this.expect(left, type);
    const b = a === null ? null : this.expect(right, type);
    return a === null || b === null ? null : [a, b];
  }

  private sum(node: Node<'+'>): Typed | null {
    const [left, right] = node.args;
    const first = this.compile(left);
    if (first === null) return null;
    if (first.type === 'flag')
      return this.refuse(left, 'There is true or false', 'Only numbers or texts can be added.');
    const b = this.expect(right, first.type);
    if (b === null) return null;
    const a = first.evaluate;
    if (first.type === 'number') return numberOf(both(a, b, (x, y) => add(x as Rational, y as Rational)));
    return { type: 'text', evaluate: both(a, b, (x, y) => `${x}${y}`) };
  }

  private arithmetic(
    { args: [left, right] }: Node<'-' | '*' | '/'>,
    calculate: (a: Rational, b: Rational) => Rational | null,
  ): Typed | null {
    const operands = this.pair(left, right, 'number');
    if (operands === null) return null;
    return numberOf(both(...operands, (a, b) => calculate(a as Rational, b as Rational)));
  }

  private comparison(
    { args: [left, right] }: Node<'<' | '<=' | '>' | '>='>,
    holds: (sign: number) => boolean,
  ): Typed | null {
    const operands = this.pair(left, right, 'number');
    if (operands === null) return null;
    return flagOf(both(...operands, (a, b) => holds(compare(a as Rational, b as Rational))));
  }

  private equality({ args: [left, right] }: Node<'==' | '!='>, isEqual: boolean): Typed | null {
    const first = this.compile(left);
    const second = first === null ? null : this.expect(right, first.type);
    if (first === null || second === null) return null;
    return flagOf(both(first.evaluate, second, (a, b) => areEqual(a, b) === isEqual));
  }

  /** As CEL has it: where one side decides, the other one may be without a result. */
  private logic({ args: [left, right] }: Node<'&&' | '||'>, decisive: boolean): Typed | null {
    const operands = this.pair(left, right, 'flag');
    if (operands === null) return null;
    const [a, b] = operands;
    return flagOf(values => {
      const first = a(values);
      if (first === decisive) return decisive;
      const second = b(values);
      if (second === decisive) return decisive;
      return first === null || second === null ? null : !decisive;
    });
  }

  private choice({ args: [condition, consequent, alternative] }: Node<'?:'>): Typed | null {
    const test = this.expect(condition, 'flag');
    const yes = test === null ? null : this.compile(consequent);
    const no = yes === null ? null : this.expect(alternative, yes.type);
    if (test === null || yes === null || no === null) return null;
    return {
      type: yes.type,
      evaluate: values => {
        const holds = test(values);
        return holds === null ? null : holds ? yes.evaluate(values) : no(values);
      },
    };
  }

  private membership({ args: [sought, list] }: Node<'in'>): Typed | null {
    if (list.op !== 'list' || list.args.length === 0) {
      return this.refuse(list, 'There is no list of values', 'Write one in brackets: in ["north", "east"].');
    }
    const first = this.compile(sought);
    if (first === null) return null;
    const items: Evaluation[] = [];
    for (const item of list.args) {
      const evaluate = this.expect(item, first.type);
      if (evaluate === null) return null;
      items.push(evaluate);
    }
    return flagOf(values => {
      const value = first.evaluate(values);
      if (value === null) return null;
      const listed = items.map(item => item(values));
      if (listed.some(each => each !== null && areEqual(value, each))) return true;
      return listed.includes(null) ? null : false;
    });
  }

  private call(node: Node<'call'>): Typed | null {
    const [name, operands] = node.args;
    if (name !== 'min' && name !== 'max') return this.refuse(node, `There is no function ${name}`, whitelist);
    if (operands.length < 2) {
      return this.refuse(node, `${name} has nothing to choose from`, `Write two numbers or more: ${name}(a, b).`);
    }
    const evaluations: Evaluation[] = [];
    for (const operand of operands) {
      const evaluate = this.expect(operand, 'number');
      if (evaluate === null) return null;
      evaluations.push(evaluate);
    }
    const wanted = name === 'min' ? -1 : 1;
    const choose = (a: Rational, b: Rational): Rational => (compare(b, a) === wanted ? b : a);
    return numberOf(
      evaluations.reduce((one, other) => both(one, other, (a, b) => choose(a as Rational, b as Rational))),
    );
  }

  private startsWith(node: Node<'rcall'>): Typed | null {
    const [name, receiver, operands] = node.args;
    if (name !== 'startsWith') return this.refuse(node, `There is no function ${name}`, whitelist);
    if (operands.length !== 1) {
      return this.refuse(node, 'startsWith looks for one text', 'Write region.startsWith("nor").');
    }
    const texts = this.pair(receiver, operands[0]!, 'text');
    if (texts === null) return null;
    return flagOf(both(...texts, (text, start) => (text as string).startsWith(start as string)));
  }
}

function numberOf(evaluate: Evaluation): Typed {
  return { type: 'number', evaluate };
}

function flagOf(evaluate: Evaluation): Typed {
  return { type: 'flag', evaluate };
}

/** Where one of them has no result, there is none. */
function both(
  a: Evaluation,
  b: Evaluation,
  calculate: (a: ExpressionValue, b: ExpressionValue) => ExpressionValue | null,
): Evaluation {
  return values => {
    const first = a(values);
    if (first === null) return null;
    const second = b(values);
    return second === null ? null : calculate(first, second);
  };
}

function areEqual(a: ExpressionValue, b: ExpressionValue): boolean {
  if (typeof a === 'object' && typeof b === 'object') return compare(a, b) === 0;
  return a === b;
}
