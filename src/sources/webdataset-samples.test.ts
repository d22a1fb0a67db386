import { expect, it } from 'vitest';
import { readWords, sampleName } from './webdataset-samples';

it.each([
  ['000001.jpg', { sample: '000001', field: 'jpg' }],
  ['a.b/000001.seg.PNG', { sample: 'a.b/000001', field: 'seg.png' }],
  ['./0001.cls', { sample: './0001', field: 'cls' }],
  ['README', null],
  ['.hidden', null],
  ['__key__.txt', null],
])('splits %s as WebDataset does', (name, expected) => {
  expect(sampleName(name)).toEqual(expected);
});

it.each([
  [{ cls: '3\n' }, { label: '3', columns: {} }],
  [{ cls: '-1' }, { label: null, columns: {} }],
  [{}, { label: undefined, columns: {} }],
  [
    { cls: '0', json: '{"label":"cat","n":1,"tags":["a"],"none":null}' },
    { label: 'cat', columns: { n: '1', tags: '["a"]', none: '' } },
  ],
  [
    { cls: '-1', json: '{"label":""}' },
    { label: null, columns: {} },
  ],
  [{ json: '{"label":7}' }, { label: '7', columns: {} }],
  [{ json: '{"label":{"a":1}}' }, { label: undefined, columns: { label: '{"a":1}' } }],
  [
    { txt: ' a cat\n', json: '[1]' },
    { label: undefined, columns: { txt: 'a cat', json: '[1]' } },
  ],
  [{ json: '{broken' }, { label: undefined, columns: { json: '{broken' } }],
])('reads %j', (words, expected) => {
  expect(readWords(words)).toEqual(expected);
});
