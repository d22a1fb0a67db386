/**
 * Makes a key of a name that an archive gives a file: the path that the file would have below a folder unpacked without
 * letting anything out of it. Separators of Windows count as such; drives, a root, `.`, `..` and empty parts go; control
 * characters and those that turn the direction of text become `_`. All else stays, so that an archive and the same archive
 * unpacked give the same keys. Different names may become the same: {@link tellApart} tells them apart.
 */
export function memberKey(name: string): string {
  const parts = name.toWellFormed().replaceAll('\\', '/').split('/').filter(isName);
  while (parts.length > 0 && drive.test(parts[0])) {
    const rest = parts[0].replace(drive, '');
    parts.splice(0, 1, ...[rest].filter(isName));
  }
  return parts.length === 0 ? '_' : parts.join('/').replace(unseen, '_');
}

const isName = (part: string) => part !== '' && part !== '.' && part !== '..';

const drive = /^[a-z]:/i;

/** Controls, and marks and overrides of direction: a name with them is not what it looks like. */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Gives `cat.jpg` and `cat.jpg` as `cat.jpg` and `cat (2).jpg`, in the order in which it is asked.
 * @param taken All keys that will be asked for; filled with those that are made up.
 */
export function tellApart(taken: Set<string>): (key: string) => string {
  const seen = new Map<string, number>();
  return (key) => {
    let count = (seen.get(key) ?? 0) + 1;
    let unique = key;
    if (count > 1) {
      for (; taken.has(unique); count++) unique = numbered(key, count);
      count--;
      taken.add(unique);
    }
    seen.set(key, count);
    return unique;
  };
}

function numbered(key: string, count: number): string {
  const nameStart = key.lastIndexOf('/') + 1;
  const dot = key.lastIndexOf('.');
  const stemEnd = dot > nameStart ? dot : key.length;
  return `${key.slice(0, stemEnd)} (${count})${key.slice(stemEnd)}`;
}
