;; Pillow's two resampling passes on 16 bytes at a time. simd.ts lays out the memory and says what the numbers mean;
;; simd-wasm.ts is made from this file by `npx vitest run -u src/transforms/simd.test.ts`.
;;
;; A weight has 24 bits and WebAssembly multiplies-and-adds pairs of 16 (i32x4.dot_i16x8_s), so a weight w is two
;; parts: w = hi * 2^15 + lo with 0 <= lo < 2^15. Sums of both parts are kept apart and joined at the end. A sum of lo
;; parts may wrap around 2^32; the joined sum is that of Pillow, which does not, so the wrapping cancels out.
;;
;; A table has an entry of $entry bytes for each output position: i32 offset of the first input in bytes, i32 number
;; of pairs of weights, then for each pair (lo0, lo1, hi0, hi1) as i16. Weights past the last pair, up to an even
;; number of pairs, are zero.
(module
  (memory (export "memory") 1)

  ;; Joins lo and hi sums (lo started at one half), and clips each of the four to 8 bits in the low four bytes.
  (func $join (param $lo v128) (param $hi v128) (result v128)
    (i8x16.narrow_i16x8_u
      (i16x8.narrow_i32x4_s
        (i32x4.shr_s (i32x4.add (local.get $lo) (i32x4.shl (local.get $hi) (i32.const 15))) (i32.const 22))
        (v128.const i32x4 0 0 0 0))
      (v128.const i32x4 0 0 0 0)))

  ;; RGBA in, RGB out: each output pixel is stored as four bytes, the next one covers the fourth.
  (func (export "acrossColour")
    (param $source i32) (param $sourceRow i32) (param $rows i32) (param $out i32) (param $width i32)
    (param $table i32) (param $entry i32)
    (local $x i32) (local $at i32) (local $weight i32) (local $end i32) (local $position i32)
    (local $pixels v128) (local $pair v128) (local $lo v128) (local $hi v128)
    (loop $row
      (local.set $position (local.get $table))
      (local.set $x (local.get $width))
      (loop $column
        (local.set $at (i32.add (local.get $source) (i32.load (local.get $position))))
        (local.set $weight (i32.add (local.get $position) (i32.const 8)))
        (local.set $end (i32.add (local.get $weight) (i32.shl (i32.load offset=4 (local.get $position)) (i32.const 3))))
        (local.set $lo (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
        (local.set $hi (v128.const i32x4 0 0 0 0))
        (loop $taps ;; four pixels: r0 r1 g0 g1 b0 b1 a0 a1 r2 r3 …
          (local.set $pixels (v128.load align=1 (local.get $at)))
          (local.set $pixels
            (i8x16.shuffle 0 4 1 5 2 6 3 7 8 12 9 13 10 14 11 15 (local.get $pixels) (local.get $pixels)))
          (local.set $pair (i16x8.extend_low_i8x16_u (local.get $pixels)))
          (local.set $lo (i32x4.add (local.get $lo)
            (i32x4.dot_i16x8_s (local.get $pair) (v128.load32_splat (local.get $weight)))))
          (local.set $hi (i32x4.add (local.get $hi)
            (i32x4.dot_i16x8_s (local.get $pair) (v128.load32_splat offset=4 (local.get $weight)))))
          (local.set $pair (i16x8.extend_high_i8x16_u (local.get $pixels)))
          (local.set $lo (i32x4.add (local.get $lo)
            (i32x4.dot_i16x8_s (local.get $pair) (v128.load32_splat offset=8 (local.get $weight)))))
          (local.set $hi (i32x4.add (local.get $hi)
            (i32x4.dot_i16x8_s (local.get $pair) (v128.load32_splat offset=12 (local.get $weight)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $taps (i32.lt_u
            (local.tee $weight (i32.add (local.get $weight) (i32.const 16))) (local.get $end))))
        (v128.store32_lane align=1 0 (local.get $out) (call $join (local.get $lo) (local.get $hi)))
        (local.set $out (i32.add (local.get $out) (i32.const 3)))
        (local.set $position (i32.add (local.get $position) (local.get $entry)))
        (br_if $column (local.tee $x (i32.sub (local.get $x) (i32.const 1)))))
      (local.set $source (i32.add (local.get $source) (local.get $sourceRow)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; One channel in and out.
  (func (export "acrossGrey")
    (param $source i32) (param $sourceRow i32) (param $rows i32) (param $out i32) (param $width i32)
    (param $table i32) (param $entry i32)
    (local $x i32) (local $at i32) (local $weight i32) (local $end i32) (local $position i32)
    (local $pixels v128) (local $sum v128)
    (loop $row
      (local.set $position (local.get $table))
      (local.set $x (local.get $width))
      (loop $column
        (local.set $at (i32.add (local.get $source) (i32.load (local.get $position))))
        (local.set $weight (i32.add (local.get $position) (i32.const 8)))
        (local.set $end (i32.add (local.get $weight) (i32.shl (i32.load offset=4 (local.get $position)) (i32.const 3))))
        (local.set $sum (v128.const i32x4 0x200000 0 0 0))
        (loop $taps ;; p0 p1 p0 p1 p2 p3 p2 p3 by lo0 lo1 hi0 hi1 lo2 lo3 hi2 hi3
          (local.set $pixels (v128.load32_zero align=1 (local.get $at)))
          (local.set $sum (i32x4.add (local.get $sum) (i32x4.dot_i16x8_s
            (i16x8.extend_low_i8x16_u
              (i8x16.shuffle 0 1 0 1 2 3 2 3 4 4 4 4 4 4 4 4 (local.get $pixels) (local.get $pixels)))
            (v128.load align=4 (local.get $weight)))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br_if $taps (i32.lt_u
            (local.tee $weight (i32.add (local.get $weight) (i32.const 16))) (local.get $end))))
        ;; Lanes 0 and 2 hold lo sums, 1 and 3 hi sums: the first two are added to the last two, then split.
        (local.set $sum (i32x4.add (local.get $sum)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $sum) (local.get $sum))))
        (v128.store8_lane 0 (local.get $out) (call $join
          (local.get $sum)
          (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $sum) (local.get $sum))))
        (local.set $out (i32.add (local.get $out) (i32.const 1)))
        (local.set $position (i32.add (local.get $position) (local.get $entry)))
        (br_if $column (local.tee $x (i32.sub (local.get $x) (i32.const 1)))))
      (local.set $source (i32.add (local.get $source) (local.get $sourceRow)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; Rows of $rowBytes bytes in and out, 16 bytes at a time; what the last 16 write too far, the next row writes again.
  (func (export "down")
    (param $source i32) (param $rowBytes i32) (param $rows i32) (param $out i32)
    (param $table i32) (param $entry i32)
    (local $x i32) (local $at i32) (local $weight i32) (local $end i32)
    (local $upper v128) (local $lower v128) (local $pairs v128) (local $pair v128) (local $wLo v128) (local $wHi v128)
    (local $lo0 v128) (local $lo1 v128) (local $lo2 v128) (local $lo3 v128)
    (local $hi0 v128) (local $hi1 v128) (local $hi2 v128) (local $hi3 v128)
    (loop $row
      (local.set $end (i32.add (i32.add (local.get $table) (i32.const 8))
        (i32.shl (i32.load offset=4 (local.get $table)) (i32.const 3))))
      (local.set $x (i32.const 0))
      (loop $chunk
        (local.set $at (i32.add (i32.add (local.get $source) (i32.load (local.get $table))) (local.get $x)))
        (local.set $weight (i32.add (local.get $table) (i32.const 8)))
        (local.set $lo0 (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
        (local.set $lo1 (local.get $lo0))
        (local.set $lo2 (local.get $lo0))
        (local.set $lo3 (local.get $lo0))
        (local.set $hi0 (v128.const i32x4 0 0 0 0))
        (local.set $hi1 (local.get $hi0))
        (local.set $hi2 (local.get $hi0))
        (local.set $hi3 (local.get $hi0))
        (loop $taps
          (local.set $upper (v128.load align=1 (local.get $at)))
          (local.set $lower (v128.load align=1 (i32.add (local.get $at) (local.get $rowBytes))))
          (local.set $wLo (v128.load32_splat (local.get $weight)))
          (local.set $wHi (v128.load32_splat offset=4 (local.get $weight)))
          (local.set $pairs
            (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $upper) (local.get $lower)))
          (local.set $pair (i16x8.extend_low_i8x16_u (local.get $pairs)))
          (local.set $lo0 (i32x4.add (local.get $lo0) (i32x4.dot_i16x8_s (local.get $pair) (local.get $wLo))))
          (local.set $hi0 (i32x4.add (local.get $hi0) (i32x4.dot_i16x8_s (local.get $pair) (local.get $wHi))))
          (local.set $pair (i16x8.extend_high_i8x16_u (local.get $pairs)))
          (local.set $lo1 (i32x4.add (local.get $lo1) (i32x4.dot_i16x8_s (local.get $pair) (local.get $wLo))))
          (local.set $hi1 (i32x4.add (local.get $hi1) (i32x4.dot_i16x8_s (local.get $pair) (local.get $wHi))))
          (local.set $pairs
            (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $upper) (local.get $lower)))
          (local.set $pair (i16x8.extend_low_i8x16_u (local.get $pairs)))
          (local.set $lo2 (i32x4.add (local.get $lo2) (i32x4.dot_i16x8_s (local.get $pair) (local.get $wLo))))
          (local.set $hi2 (i32x4.add (local.get $hi2) (i32x4.dot_i16x8_s (local.get $pair) (local.get $wHi))))
          (local.set $pair (i16x8.extend_high_i8x16_u (local.get $pairs)))
          (local.set $lo3 (i32x4.add (local.get $lo3) (i32x4.dot_i16x8_s (local.get $pair) (local.get $wLo))))
          (local.set $hi3 (i32x4.add (local.get $hi3) (i32x4.dot_i16x8_s (local.get $pair) (local.get $wHi))))
          (local.set $at (i32.add (local.get $at) (i32.shl (local.get $rowBytes) (i32.const 1))))
          (br_if $taps (i32.lt_u
            (local.tee $weight (i32.add (local.get $weight) (i32.const 8))) (local.get $end))))
        (v128.store align=1 (i32.add (local.get $out) (local.get $x))
          (i8x16.narrow_i16x8_u
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (i32x4.add (local.get $lo0) (i32x4.shl (local.get $hi0) (i32.const 15))) (i32.const 22))
              (i32x4.shr_s (i32x4.add (local.get $lo1) (i32x4.shl (local.get $hi1) (i32.const 15))) (i32.const 22)))
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s (i32x4.add (local.get $lo2) (i32x4.shl (local.get $hi2) (i32.const 15))) (i32.const 22))
              (i32x4.shr_s (i32x4.add (local.get $lo3) (i32x4.shl (local.get $hi3) (i32.const 15))) (i32.const 22)))))
        (br_if $chunk (i32.lt_u
          (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $rowBytes))))
      (local.set $out (i32.add (local.get $out) (local.get $rowBytes)))
      (local.set $table (i32.add (local.get $table) (local.get $entry)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))
