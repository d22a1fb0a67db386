import type { Privacy } from '../core/privacy';

/** Values of a packet's top properties by namespace and name joined; several where the property is a list. */
export type XmpProperties = ReadonlyMap<string, readonly string[]>;

/**
 * Walks a packet's RDF and gathers its top properties, and whether any element or attribute at any depth tells of
 * people or places. The XML is read by saxes, loaded at the first use, which knows no entities but the five of XML: a
 * document type with entities of its own expands nothing. Broken XML ends the walk, with what was found before.
 */
export async function readXmpProperties(
  packet: string,
): Promise<{ readonly properties: XmpProperties; readonly privacy: Privacy }> {
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser({ xmlns: true, position: false });
  const gatherer = createGatherer();
  let mistakes = 0;
  parser.on('error', () => {
    if (++mistakes > mostMistakes) throw new Error('This is no XML.');
  });
  parser.on('opentag', ({ uri, local, attributes }) => {
    gatherer.open(uri, local);
    for (const attribute of Object.values(attributes)) {
      gatherer.attribute(attribute.uri, attribute.local, attribute.value);
    }
  });
  parser.on('text', gatherer.text);
  parser.on('cdata', gatherer.text);
  parser.on('closetag', gatherer.close);
  try {
    parser.write(packet).close();
  } catch {
    // Too deep or too broken: what was gathered stays.
  }
  return gatherer.finish();
}

/** A second packet behind the first, or a few bare ampersands, are read over; binary rubbish would cost time for nothing. */
const mostMistakes = 50;

/** Real packets have a dozen levels. saxes looks namespaces up level by level, so depth costs its square. */
const mostLevels = 64;

/** Lists of names and of descriptions are short; longer ones are not for a table. */
const mostItems = 100;

const rdf = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const xml = 'http://www.w3.org/XML/1998/namespace';
const xmlns = 'http://www.w3.org/2000/xmlns/';
const dc = 'http://purl.org/dc/elements/1.1/';
const regions = 'http://www.metadataworkinggroup.com/schemas/regions/';
const acdseeRegions = 'http://ns.acdsee.com/regions/';
const microsoftRegion = 'http://ns.microsoft.com/photo/1.2/t/Region#';

interface Frame {
  /** Namespace and name. */
  readonly name: string;
  /** What it tells when it is not empty. */
  readonly tells: keyof Privacy | null;
  /** True for a member of a list of the Metadata Working Group's regions. */
  readonly region: boolean;
  /** Of a region: `Face`, `Pet`, `Focus`, `BarCode`; null when it is not said. */
  regionType: string | null;
  text: string;
  /** True when there is a value in it, at any depth. */
  filled: boolean;
  /** Of a list's member: `x-default` or a language. */
  language: string | null;
}

function createGatherer() {
  const properties = new Map<string, string[]>();
  const told = { gps: false, serial: false, owner: false, faces: false };
  const stack: Frame[] = [];
  const above = (levels: number) => stack[stack.length - 1 - levels]?.name;
  const add = (name: string, value: string) => {
    const values = properties.get(name) ?? [];
    if (values.length < mostItems) values.push(value);
    properties.set(name, values);
  };
  const noteRegionType = (space: string, local: string, value: string) => {
    if (local !== 'Type' || (space !== regions && space !== acdseeRegions)) return;
    const region = stack.findLast((frame) => frame.region);
    if (region !== undefined) region.regionType = value.trim();
  };

  function open(space: string, local: string): void {
    if (stack.length === mostLevels) throw new Error('The packet is nested too deeply.');
    stack.push({
      name: space + local,
      tells: tellsOf(space, local),
      region:
        local === 'li' && (above(1) === `${regions}RegionList` || above(1) === `${acdseeRegions}RegionList`),
      regionType: null,
      text: '',
      filled: false,
      language: null,
    });
  }

  function attribute(space: string, local: string, value: string): void {
    const frame = stack[stack.length - 1];
    if (space === xml && local === 'lang') frame.language = value;
    if (space === xml || space === xmlns || space === rdf || value.trim() === '') return;
    frame.filled = true;
    const tells = tellsOf(space, local);
    if (tells !== null) told[tells] = true;
    noteRegionType(space, local, value);
    if (frame.name === `${rdf}Description` && above(1) === `${rdf}RDF`) add(space + local, value);
  }

  function text(value: string): void {
    if (stack.length > 0) stack[stack.length - 1].text += value;
  }

  function close(): void {
    const frame = stack.pop();
    if (frame === undefined) return;
    const value = frame.text.trim();
    const parent = stack.at(-1);
    if (value !== '') {
      frame.filled = true;
      noteRegionType(frame.name.slice(0, -4), frame.name.slice(-4), value);
      // RDF, Description, property; or RDF, Description, property, Seq, li.
      if (above(1) === `${rdf}RDF` && above(0) === `${rdf}Description`) add(frame.name, value);
      else if (frame.name === `${rdf}li` && above(3) === `${rdf}RDF`) {
        addItem(above(1) ?? '', value, above(0) === `${rdf}Alt`, frame.language);
      }
    }
    if (!frame.filled) return;
    if (frame.tells !== null) told[frame.tells] = true;
    if (frame.region && (frame.regionType === null || frame.regionType === 'Face')) told.faces = true;
    if (parent !== undefined) parent.filled = true;
  }

  /** Of alternatives in several languages, the default one stands for all. */
  function addItem(name: string, value: string, alternatives: boolean, language: string | null): void {
    if (!alternatives) add(name, value);
    else if (language === 'x-default') properties.set(name, [value]);
    else if (!properties.has(name)) add(name, value);
  }

  return {
    open,
    attribute,
    text,
    close,
    finish() {
      while (stack.length > 0) close();
      return { properties, privacy: told };
    },
  };
}

function tellsOf(space: string, local: string): keyof Privacy | null {
  if (/^GPS(Dest)?(Latitude|Longitude)$/.test(local)) return 'gps';
  if (local.endsWith('SerialNumber')) return 'serial'; // of body, lens or flash, in half a dozen schemas
  if (people.has(local) || (local === 'creator' && space === dc)) return 'owner';
  if (local === 'Name' && (space === regions || space === acdseeRegions)) return 'owner';
  return local === 'Rectangle' && space === microsoftRegion ? 'faces' : null;
}

/** Properties that name people, whatever schema they are in. */
const people: ReadonlySet<string> = new Set([
  'Artist', 'CameraOwnerName', 'CaptionWriter', 'CreatorContactInfo', 'Owner', 'OwnerName', 'PersonDisplayName',
  'PersonInImage', 'PersonInImageWDetails', 'Photographer',
]); // biome-ignore format: a list
