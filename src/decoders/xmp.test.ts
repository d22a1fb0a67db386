import { describe, expect, test } from 'vitest';
import { nothingPrivate } from '../core/privacy';
import { ascii, drawXmp, join } from './test-files';
import { readXmp } from './xmp';

const namespaces = `xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
  xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
  xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:xmpNote="http://ns.adobe.com/xmp/note/"
  xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
  xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"`;
const described = (inside: string, attributes = '') =>
  drawXmp(`<rdf:Description rdf:about="" ${namespaces} ${attributes}>${inside}</rdf:Description>`);
const valuesOf = async (packet: Uint8Array) => {
  const { values } = await readXmp(packet);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
};
const privacyOf = async (inside: string) => (await readXmp(described(inside))).privacy;

describe('values', () => {
  test('are read from attributes and from elements alike', async () => {
    const wanted = {
      make: 'Canon', exposure: 1 / 160, fNumber: 7.1, iso: 100, focalLength: 135, lens: '7.1 - 21.3 mm',
      date: '2008-05-30T15:56:01', latitude: 48 + 51.5 / 60, longitude: -(2 + 17 / 60 + 30 / 3600),
    }; // biome-ignore format: a record
    const pairs = {
      'tiff:Make': 'Canon', 'exif:ExposureTime': '1/160', 'exif:FNumber': '71/10', 'exif:FocalLength': '135/1',
      'aux:Lens': '7.1 - 21.3 mm', 'exif:DateTimeOriginal': '2008-05-30T15:56:01.25+02:00',
      'exif:GPSLatitude': '48,51.5N', 'exif:GPSLongitude': '2,17,30W',
    }; // biome-ignore format: a record
    const iso = '<exif:ISOSpeedRatings><rdf:Seq><rdf:li>100</rdf:li></rdf:Seq></exif:ISOSpeedRatings>';
    const attributes = Object.entries(pairs).map(([name, value]) => `${name}="${value}"`);
    const elements = Object.entries(pairs).map(([name, value]) => `<${name}>${value}</${name}>`);
    expect(await valuesOf(described(iso, attributes.join(' ')))).toEqual(wanted);
    expect(await valuesOf(described(iso + elements.join('\n')))).toEqual(wanted);
  });

  test('of several languages the default stands for all; entities and CDATA are text', async () => {
    const inside = `<dc:description><rdf:Alt><rdf:li xml:lang="de">Katze</rdf:li>
      <rdf:li xml:lang="x-default">Cat &amp; &lt;mouse&gt;</rdf:li><rdf:li xml:lang="fr">Chat</rdf:li></rdf:Alt></dc:description>
      <dc:rights><rdf:Alt><rdf:li xml:lang="en">© &#x41;da <![CDATA[& co]]></rdf:li></rdf:Alt></dc:rights>`;
    expect(await valuesOf(described(inside))).toEqual({
      description: 'Cat & <mouse>',
      copyright: '© Ada & co',
    });
  });

  test('that make no sense are null', async () => {
    const inside = `<exif:FNumber>0/0</exif:FNumber><exif:ExposureTime>fast</exif:ExposureTime>
      <exif:FocalLength>-5</exif:FocalLength><exif:GPSLatitude>98,0N</exif:GPSLatitude><exif:GPSLongitude>1,0E</exif:GPSLongitude>
      <exif:DateTimeOriginal>2008-13-01T00:00:00</exif:DateTimeOriginal><tiff:Make>  </tiff:Make>`;
    expect(await valuesOf(described(inside))).toEqual({});
  });

  test('are found whatever the prefix, and not under another namespace', async () => {
    const other = drawXmp('<rdf:Description xmlns:t="http://ns.adobe.com/tiff/1.0/" t:Make="A" />');
    expect(await valuesOf(other)).toEqual({ make: 'A' });
    const fake = drawXmp('<rdf:Description xmlns:tiff="http://example.com/" tiff:Make="A" />');
    expect(await valuesOf(fake)).toEqual({});
  });

  test('come in Latin-1 and UTF-16 too, and before the damage', async () => {
    const text = '<tiff:Make>Ren\u00e9e</tiff:Make>';
    const packet = new TextDecoder().decode(described(text));
    expect(await valuesOf(Uint8Array.from(ascii(packet)))).toEqual({ make: 'Renée' });
    const wide = join([0xff, 0xfe], new Uint8Array(Uint16Array.from(ascii(packet)).buffer));
    expect(await valuesOf(wide)).toEqual({ make: 'Renée' });
    const whole = described(`${text}<tiff:Model>B</tiff:Model>`);
    expect(await valuesOf(join(whole, [0, 0, 0]))).toEqual({ make: 'Renée', model: 'B' });
    expect(await valuesOf(whole.subarray(0, whole.indexOf(0x42)))).toEqual({ make: 'Renée' });
  });
});

describe('hostile packets', () => {
  test('expand no entities', async () => {
    const bomb = join(
      ascii(
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>',
      ),
      described('<tiff:Make>&b;&c;</tiff:Make>'),
    );
    expect(await valuesOf(bomb)).toEqual({ make: '&b;&c;' });
  });

  test.each([
    ['deep', `${'<a>'.repeat(100_000)}x`],
    ['full of attributes', `<a ${Array.from({ length: 50_000 }, (_, i) => `b${i}="1"`).join(' ')}/>`],
    ['full of openings', '<'.repeat(500_000)],
    ['full of dashes', `<!--${'-'.repeat(500_000)}`],
    ['full of references', `<a>${'&'.repeat(500_000)}`],
    ['full of instructions', '<?x '.repeat(100_000)],
  ])('that are %s end soon', async (_, inside) => {
    const start = performance.now();
    await readXmp(described(inside));
    expect(performance.now() - start).toBeLessThan(3000); // depth alone took 336 s without the limit
  });
});

describe('privacy', () => {
  const regions = (...kinds: readonly string[]) =>
    `<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions xmpNote:w="4000"/><mwg-rs:RegionList><rdf:Bag>
      ${kinds.map((kind) => `<rdf:li><rdf:Description mwg-rs:Rotation="0" ${kind}/></rdf:li>`).join('')}
    </rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>`;

  test.each([
    ['a position', '<exif:GPSLatitude>48,51.5N</exif:GPSLatitude>', { gps: true }],
    ['a position in a structure', '<Iptc4xmpExt:LocationCreated><rdf:Bag><rdf:li exif:GPSLongitude="1,1E"/></rdf:Bag></Iptc4xmpExt:LocationCreated>', { gps: true }],
    ['a camera’s serial number', '<aux:SerialNumber>123</aux:SerialNumber>', { serial: true }],
    ['a lens’s serial number', '<rdf:Description aux:LensSerialNumber="123"/>', { serial: true }],
    ['creators', '<dc:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></dc:creator>', { owner: true }],
    ['people', '<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Ada</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>', { owner: true }],
    ['faces', regions('mwg-rs:Type="Pet"', 'mwg-rs:Type="Face"'), { faces: true }],
    ['a named face', regions('mwg-rs:Type="Face" mwg-rs:Name="Ada"'), { faces: true, owner: true }],
    ['a region of no type', regions(''), { faces: true }],
    ['no face', regions('mwg-rs:Type="Focus"', 'mwg-rs:Type="Pet"'), {}],
    ['Microsoft’s faces', '<MP:RegionInfo><rdf:Description><MPRI:Regions><rdf:Bag><rdf:li MPReg:Rectangle="0, 0, 1, 1" MPReg:PersonDisplayName="Ada"/></rdf:Bag></MPRI:Regions></rdf:Description></MP:RegionInfo>', { faces: true, owner: true }],
    ['blanks', '<aux:SerialNumber> </aux:SerialNumber><dc:creator><rdf:Seq><rdf:li/></rdf:Seq></dc:creator>', {}],
    ['a make', '<tiff:Make>Canon</tiff:Make>', {}],
  ] as const)('%s', async (_, inside, told) => {
    expect(await privacyOf(inside)).toEqual({ ...nothingPrivate, ...told });
  }); // biome-ignore format: a table
});
