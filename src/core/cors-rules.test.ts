import { expect, test } from 'vitest';
import { child, childText, readXml } from '../base/xml';
import { closedPlaces, corsRules } from './cors-rules';
import { readStorageAddress } from './storage-address';

const origin = 'https://imagemill.example';
const rulesFor = (url: string) => corsRules(readStorageAddress(url), origin);

test('S3: the console’s JSON, a command, and XML say the same', async () => {
  const [json, shell, xml] = rulesFor('https://pets.s3.eu-central-1.amazonaws.com/a.jpg');
  const [rule] = JSON.parse(json.text);
  expect(rule).toMatchObject({
    AllowedOrigins: [origin],
    AllowedMethods: ['GET', 'HEAD'],
    AllowedHeaders: ['*'],
  });
  expect(rule.ExposeHeaders).toContain('ETag');
  const configuration = /^aws s3api put-bucket-cors --bucket pets --cors-configuration '(.*)'$/.exec(
    shell.text,
  );
  expect(JSON.parse(configuration?.[1] ?? '')).toEqual({ CORSRules: [rule] });
  const inXml = child(await readXml(xml.text), 'CORSRule');
  expect(childText(inXml, 'AllowedOrigin')).toBe(origin);
  expect(inXml?.children.filter(({ name }) => name === 'ExposeHeader').map(({ text }) => text)).toEqual(
    rule.ExposeHeaders,
  );
});

test('S3 elsewhere: the command goes to that server', () => {
  expect(rulesFor('http://127.0.0.1:9000/pets?list-type=2')[1].text).toContain(
    ' --endpoint-url http://127.0.0.1:9000 ',
  );
});

test('Google: a file and either of two commands', () => {
  const [json, gcloud, gsutil] = rulesFor('https://storage.googleapis.com/pets/a.jpg');
  expect(JSON.parse(json.text)).toMatchObject([
    { origin: [origin], method: ['GET', 'HEAD'], maxAgeSeconds: 3600 },
  ]);
  expect(gcloud.text).toBe('gcloud storage buckets update gs://pets --cors-file=cors.json');
  expect(gsutil.text).toBe('gsutil cors set cors.json gs://pets');
});

test('Azure: a command for the account', () => {
  expect(rulesFor('https://zoo.blob.core.windows.net/pets/a.jpg').map(({ text }) => text)).toEqual([
    `az storage cors add --services b --methods GET HEAD --origins ${origin} --allowed-headers '*' --exposed-headers '*' --max-age 3600 --account-name zoo`,
  ]);
});

test('any other server: the header that it must send', () => {
  expect(rulesFor('https://example.com/a.jpg')[0].text).toMatch(
    /^Access-Control-Allow-Origin: https:\/\/imagemill\.example\n/,
  );
});

test('a name that a shell would take apart is quoted', () => {
  expect(rulesFor("https://s3.amazonaws.com/a'; rm -rf ~/x")[1].text).toContain(
    "--bucket 'a'\\''; rm -rf ~' --cors",
  );
});

test('links are gathered into their buckets, the one with most links first', () => {
  const places = closedPlaces(
    [
      'https://storage.googleapis.com/cats/1.jpg',
      'https://storage.googleapis.com/dogs/1.jpg?X-Goog-Signature=a',
      'https://storage.googleapis.com/dogs/2.jpg?X-Goog-Signature=b',
      'https://images.example:8443/1.jpg',
      'no link',
      'https://storage.cloud.google.com/birds/1.jpg',
    ],
    origin,
  );
  expect(places.map(({ name, links }) => [name, links])).toEqual([
    ['bucket "dogs" at storage.googleapis.com', 2],
    ['bucket "cats" at storage.googleapis.com', 1],
    ['server images.example:8443', 1],
  ]);
  expect(places[0].rules).toEqual(rulesFor('https://storage.googleapis.com/dogs/'));
  expect(JSON.stringify(places)).not.toContain('Signature');
});
