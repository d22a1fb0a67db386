import type { Plan } from '../core/plan';

/** The companion of formats whose labels are numbers. */
export const classNamesFile = ({ classNames }: Pick<Plan, 'classNames'>) => [
  { path: 'class_names.json', text: `${JSON.stringify(classNames, null, 2)}\n` },
];
