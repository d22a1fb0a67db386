;; Undoes PNG's row filters (third edition, section 9.2) on pixels of up to eight bytes, a pixel or 16 bytes at a time.
;; unfilter.ts lays out the memory; unfilter-wasm.ts is made from this file by
;; `npx vitest run src/decoders/unfilter.test.ts -u`.
;;
;; $row and $above point at a row's first pixel; eight zero bytes or more stand before $above. A row is changed in
;; place, up to $end. What is read and written past $end is slack. $mask selects the bytes of one pixel of $step bytes:
;; eight are loaded, and those of the next pixel are stored as they were.
(module
  (memory (export "memory") 1)

  (func (export "sub") (param $row i32) (param $end i32) (param $step i32) (param $mask i64)
    (local $left v128) (local $x v128) (local $pixel v128)
    (local.set $pixel (i64x2.splat (local.get $mask)))
    (local.set $left (v128.const i64x2 0 0))
    (loop $next
      (local.set $x (v128.load64_zero align=1 (local.get $row)))
      (local.set $left (i8x16.add (local.get $left) (local.get $x)))
      (v128.store64_lane align=1 0 (local.get $row)
        (v128.bitselect (local.get $left) (local.get $x) (local.get $pixel)))
      (br_if $next (i32.lt_u
        (local.tee $row (i32.add (local.get $row) (local.get $step))) (local.get $end)))))

  (func (export "up") (param $row i32) (param $end i32) (param $above i32)
    (loop $next
      (v128.store align=1 (local.get $row)
        (i8x16.add (v128.load align=1 (local.get $row)) (v128.load align=1 (local.get $above))))
      (local.set $above (i32.add (local.get $above) (i32.const 16)))
      (br_if $next (i32.lt_u
        (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $end)))))

  (func (export "average") (param $row i32) (param $end i32) (param $above i32) (param $step i32) (param $mask i64)
    (local $left v128) (local $up v128) (local $x v128) (local $pixel v128)
    (local.set $pixel (i64x2.splat (local.get $mask)))
    (local.set $left (v128.const i64x2 0 0))
    (loop $next
      (local.set $x (v128.load64_zero align=1 (local.get $row)))
      (local.set $up (v128.load64_zero align=1 (local.get $above)))
      ;; avgr rounds up: less one where the sum is odd, it rounds down.
      (local.set $left (i8x16.add (local.get $x)
        (i8x16.sub
          (i8x16.avgr_u (local.get $left) (local.get $up))
          (v128.and (v128.xor (local.get $left) (local.get $up)) (v128.const i32x4 0x01010101 0x01010101 0x01010101 0x01010101)))))
      (v128.store64_lane align=1 0 (local.get $row)
        (v128.bitselect (local.get $left) (local.get $x) (local.get $pixel)))
      (local.set $above (i32.add (local.get $above) (local.get $step)))
      (br_if $next (i32.lt_u
        (local.tee $row (i32.add (local.get $row) (local.get $step))) (local.get $end)))))

  (func (export "paeth") (param $row i32) (param $end i32) (param $above i32) (param $step i32) (param $mask i64)
    (local $left v128) (local $up v128) (local $corner v128) (local $x v128) (local $pixel v128)
    (local $toLeft v128) (local $toUp v128) (local $toCorner v128) (local $least v128)
    (local.set $pixel (i64x2.splat (local.get $mask)))
    (local.set $left (v128.const i64x2 0 0))
    (local.set $corner (v128.const i64x2 0 0))
    (loop $next
      (local.set $x (v128.load64_zero align=1 (local.get $row)))
      (local.set $up (i16x8.extend_low_i8x16_u (v128.load64_zero align=1 (local.get $above))))
      ;; The distances of left + up - corner to each, without computing it (section 9.4).
      (local.set $toLeft (i16x8.sub (local.get $up) (local.get $corner)))
      (local.set $toUp (i16x8.sub (local.get $left) (local.get $corner)))
      (local.set $toCorner (i16x8.abs (i16x8.add (local.get $toLeft) (local.get $toUp))))
      (local.set $toLeft (i16x8.abs (local.get $toLeft)))
      (local.set $toUp (i16x8.abs (local.get $toUp)))
      (local.set $least (i16x8.min_s (i16x8.min_s (local.get $toLeft) (local.get $toUp)) (local.get $toCorner)))
      (local.set $left
        (v128.bitselect
          (local.get $left)
          (v128.bitselect (local.get $up) (local.get $corner) (i16x8.eq (local.get $toUp) (local.get $least)))
          (i16x8.eq (local.get $toLeft) (local.get $least))))
      (local.set $corner (local.get $up))
      (local.set $left (i8x16.add (local.get $x) (i8x16.narrow_i16x8_u (local.get $left) (local.get $left))))
      (v128.store64_lane align=1 0 (local.get $row)
        (v128.bitselect (local.get $left) (local.get $x) (local.get $pixel)))
      (local.set $left (i16x8.extend_low_i8x16_u (local.get $left)))
      (local.set $above (i32.add (local.get $above) (local.get $step)))
      (br_if $next (i32.lt_u
        (local.tee $row (i32.add (local.get $row) (local.get $step))) (local.get $end)))))

  ;; Adds the samples, of PNG's byte order, to sums of 32 bits: for means of several rows.
  (func (export "accumulate") (param $row i32) (param $end i32) (param $sums i32)
    (local $x v128)
    (loop $next
      (local.set $x (v128.load align=1 (local.get $row)))
      (local.set $x (i8x16.shuffle 1 0 3 2 5 4 7 6 9 8 11 10 13 12 15 14 (local.get $x) (local.get $x)))
      (v128.store (local.get $sums)
        (i32x4.add (v128.load (local.get $sums)) (i32x4.extend_low_i16x8_u (local.get $x))))
      (v128.store offset=16 (local.get $sums)
        (i32x4.add (v128.load offset=16 (local.get $sums)) (i32x4.extend_high_i16x8_u (local.get $x))))
      (local.set $sums (i32.add (local.get $sums) (i32.const 32)))
      (br_if $next (i32.lt_u
        (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $end)))))

  ;; Copies with the two bytes of each sample swapped: from PNG's order to that of typed arrays.
  (func (export "swap") (param $row i32) (param $end i32) (param $out i32)
    (local $x v128)
    (loop $next
      (local.set $x (v128.load align=1 (local.get $row)))
      (v128.store align=1 (local.get $out)
        (i8x16.shuffle 1 0 3 2 5 4 7 6 9 8 11 10 13 12 15 14 (local.get $x) (local.get $x)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $next (i32.lt_u
        (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $end))))))
