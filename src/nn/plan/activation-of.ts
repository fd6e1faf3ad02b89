import type { Activation } from '../core.ts';
import type { Node } from './graph.ts';
import type { ConvArgs } from './rules/convolutions.ts';
import type { LinearCall } from './rules/linear.ts';

const LAST: Readonly<Record<string, (args: Node['args']) => Activation | undefined>> = {
  activation: ([kind]) => kind as Activation,
  'kernel.conv': ([, , o]) => (o as ConvArgs<Node>[2]).activation,
  'kernel.linear': ([, call]) => (call as LinearCall).activation,
};

/** The activation that is the last thing a call does. */
export const activationOf = ({ op, args }: Node): Activation | undefined => LAST[op]?.(args);
