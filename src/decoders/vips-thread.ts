// A thread of wasm-vips: its module starts itself when its worker is named `em-pthread`.
import 'wasm-vips';
