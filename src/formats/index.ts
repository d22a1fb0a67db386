import type { Registry } from '../core/plugin';
import { csv } from './csv';
import { hdf5 } from './hdf5';
import { imagefolder } from './imagefolder';
import { images } from './images';
import { json } from './json';
import { jsonl } from './jsonl';
import { npy } from './npy';
import { webdataset } from './webdataset';

/** Every format that can be written. */
export const formats: Registry['formats'] = [npy, csv, jsonl, json, images, imagefolder, hdf5, webdataset];
