import { describe, expect, it } from 'vitest';
import { RunError } from '../core/failure';
import { orRunError } from './run-errors';

const throwing = (name: string) => () => {
  throw new DOMException('what the platform says', name);
};

describe('orRunError', () => {
  it.each([
    ['QuotaExceededError', 'target-full', 'No room left while writing a.csv. Make room on the disk'],
    ['NotAllowedError', 'permission', 'no longer allows writing a.csv. Choose the folder again'],
    ['SecurityError', 'permission', 'Choose the folder again'],
    ['NotFoundError', 'target', 'The folder went away while writing a.csv'],
    ['NoModificationAllowedError', 'target', 'holds the file open while writing a.csv'],
    ['InvalidStateError', 'target', 'Something went wrong while writing a.csv: what the platform says'],
  ])('tells what to do about %s', async (name, code, message) => {
    await expect(orRunError('folder', 'writing a.csv', throwing(name))).rejects.toMatchObject({
      name: 'RunError',
      code,
      message: expect.stringContaining(message),
    });
  });

  it('passes results and RunErrors through', async () => {
    expect(await orRunError('folder', 'reading', () => 5)).toBe(5);
    const error = new RunError('cancelled', 'x');
    await expect(orRunError('folder', 'reading', () => Promise.reject(error))).rejects.toBe(error);
  });
});
