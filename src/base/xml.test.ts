import { expect, test } from 'vitest';
import { child, childText, readXml } from './xml';

test('elements, attributes, text and CDATA, without prefixes', async () => {
  const root = await readXml(
    '\ufeff<?xml version="1.0"?><!-- a --><a:List xmlns:a="x"><Key Encoded="true"> a&amp;b<![CDATA[<c>]]> </Key><Key>2</Key></a:List>',
  );
  expect(root.name).toBe('List');
  expect(childText(root, 'Key')).toBe('a&b<c>');
  expect(child(root, 'Key')?.text).toBe(' a&b<c> ');
  expect(child(root, 'Key')?.attributes.Encoded).toBe('true');
  expect(childText(root, 'Missing')).toBe('');
  expect(childText(undefined, 'Key')).toBe('');
});

test.each([
  ['', 'it is no XML'],
  ['no XML', 'it is no XML'],
  ['<a><b></a>', 'it is no XML'],
  ['<a>', 'it is no XML'],
  ['{"a": 1}', 'it is no XML'],
  ['<a>'.repeat(40) + '</a>'.repeat(40), 'too deep'],
  [`<a>${'<b/>'.repeat(1_000_001)}</a>`, 'too long'],
])('what is no small document is refused: %.20s', async (text, why) => {
  await expect(readXml(text)).rejects.toThrow(why);
});

test('entities of the document’s own expand to nothing', async () => {
  const bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>';
  await expect(readXml(bomb)).rejects.toThrow('it is no XML');
  await expect(readXml('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')).rejects.toThrow();
});
