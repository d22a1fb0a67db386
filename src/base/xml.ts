/**
 * Reads a small XML document into a tree, by saxes, loaded at the first use. It knows no entities but the five of XML: a
 * document type with entities of its own expands nothing. Namespace prefixes are dropped, for the documents meant here have
 * one namespace.
 * @throws Error saying why the text is no such document: broken, or beyond the limits on depth and elements.
 */
export async function readXml(text: string): Promise<XmlElement> {
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser({ xmlns: false, position: false });
  const stack: Building[] = [];
  let root: Building | null = null;
  let elements = 0;
  const append = (part: string) => {
    const open = stack.at(-1);
    if (open !== undefined) open.text += part;
  };
  parser.on('error', (error) => {
    throw new Error(`it is no XML (${error.message.slice(0, 100)})`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (stack.length === mostLevels || ++elements > mostElements)
      throw new Error('it is too deep or too long');
    const element: Building = { name: name.slice(name.indexOf(':') + 1), attributes, children: [], text: '' };
    stack.at(-1)?.children.push(element);
    root ??= element;
    stack.push(element);
  });
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => void stack.pop());
  parser.write(text.replace(/^\ufeff/, '')).close();
  if (root === null) throw new Error('it is empty');
  return root;
}

/** An element with what is in it. */
export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

/** The text of the first child of that name, trimmed; `''` where there is none. */
export function childText(element: XmlElement | undefined, name: string): string {
  return child(element, name)?.text.trim() ?? '';
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((each) => each.name === name);
}

interface Building {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Building[];
  text: string;
}

/** Listings and errors have half a dozen levels. */
const mostLevels = 32;

/** A page of Azure's has 5,000 blobs of some 30 elements; more would take memory for nothing. */
const mostElements = 1_000_000;
