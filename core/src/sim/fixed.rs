//! Logarithm, power of two and the normal quantile in whole numbers.
//!
//! The standard library's versions give other last digits on other machines, and one other last
//! digit is another run. These use only integer arithmetic, so they agree everywhere; their error
//! is far below a nanosecond of any latency. `Q32` means a number times 2^32.

/// 1.0 in Q32.
const ONE: u64 = 1 << 32;
/// ln 2 times 2^64.
const LN2_Q64: u64 = 0xb172_17f7_d1cf_79ab;
/// log2 e times 2^62.
const LOG2_E_Q62: u64 = 0x5c55_1d94_ae0b_f85d;

/// `ln(1 + i/256)` in Q32, one entry for each i.
const LN_TABLE: [u64; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        // log2 by repeated squaring: each squaring yields one more binary digit.
        let mut x: u128 = (256 + i as u128) << 54;
        let mut log2: u64 = 0;
        let mut digit = 0;
        while digit < 44 {
            x = (x * x) >> 62;
            log2 <<= 1;
            if x >> 63 != 0 {
                log2 |= 1;
                x >>= 1;
            }
            digit += 1;
        }
        table[i] = ((log2 as u128 * LN2_Q64 as u128) >> 76) as u64;
        i += 1;
    }
    table
};

/// `2^(i/256)` in Q62, one entry for each i.
const EXP2_TABLE: [u64; 256] = {
    let mut root: u128 = 2 << 62;
    let mut halvings = 0;
    while halvings < 8 {
        root = (root << 62).isqrt();
        halvings += 1;
    }
    let mut table = [1 << 62; 256];
    let mut i = 1;
    while i < 256 {
        table[i] = ((table[i - 1] as u128 * root) >> 62) as u64;
        i += 1;
    }
    table
};

/// `-ln((u + 1) / 2^64)` in Q32: an exponential variate of mean one, from 64 uniform bits.
#[inline]
pub(super) fn neg_ln(u: u64) -> u64 {
    let x = u.saturating_add(1);
    let zeros = x.leading_zeros();
    let mantissa = x << zeros;
    let index = (mantissa >> 55 & 0xff) as usize;
    // What is left after the table's step, as a ratio: r = mantissa / step - 1 < 1/256.
    let step_q32 = ONE + ((index as u64) << 24);
    let left_q32 = (mantissa >> 31) - step_q32;
    let r = (left_q32 << 24) / (step_q32 >> 8);
    let square = (r * r) >> 32;
    let ln_mantissa = LN_TABLE[index] + r - square / 2 + ((square * r) >> 32) / 3;
    let whole = ((u128::from(zeros + 1) * u128::from(LN2_Q64)) >> 32) as u64;
    whole.saturating_sub(ln_mantissa)
}

/// `scale * e^x` for x in Q32, saturating.
pub(super) fn scale_exp(scale: u64, x: u64) -> u64 {
    let log2 = (u128::from(x) * u128::from(LOG2_E_Q62)) >> 62;
    let whole = (log2 >> 32) as u32;
    let fraction = log2 as u64 & (ONE - 1);
    let step = EXP2_TABLE[(fraction >> 24) as usize];
    // e^t for the rest, t < ln(2)/256.
    let t = ((u128::from(fraction & 0xff_ffff) * u128::from(LN2_Q64)) >> 64) as u64;
    let rest = ONE + t + ((t * t) >> 33) + ((((t * t) >> 32) * t) >> 32) / 6;
    let mantissa_q62 = (u128::from(step) * u128::from(rest)) >> 32;
    let scaled = (mantissa_q62 * u128::from(scale)) >> 30;
    if whole >= 64 {
        return if scale == 0 { 0 } else { u64::MAX };
    }
    // `scaled` is Q32 and below 2^98, so shifting left by at most 29 keeps it whole.
    let result = if whole <= 29 { (scaled << whole) >> 32 } else { (scaled >> 32) << whole.min(60) };
    u64::try_from(result).unwrap_or(u64::MAX)
}

/// The normal quantile of 64 uniform bits, in Q32: a standard normal variate.
///
/// P. J. Acklam's rational approximation; its relative error is below 1.2e-9.
pub(super) fn normal(u: u64) -> i64 {
    const fn q(x: f64) -> i64 {
        (x * 4_294_967_296.0) as i64
    }
    const A: [i64; 6] = [
        q(-39.696_830_286_653_76),
        q(220.946_098_424_520_5),
        q(-275.928_510_446_968_7),
        q(138.357_751_867_269),
        q(-30.664_798_066_147_16),
        q(2.506_628_277_459_239),
    ];
    const B: [i64; 6] = [
        q(-54.476_098_798_224_06),
        q(161.585_836_858_040_9),
        q(-155.698_979_859_886_6),
        q(66.801_311_887_719_72),
        q(-13.280_681_552_885_72),
        q(1.0),
    ];
    const C: [i64; 6] = [
        q(-0.007_784_894_002_430_293),
        q(-0.322_396_458_041_136_5),
        q(-2.400_758_277_161_838),
        q(-2.549_732_539_343_734),
        q(4.374_664_141_464_968),
        q(2.938_163_982_698_783),
    ];
    const D: [i64; 5] =
        [q(0.007_784_695_709_041_462), q(0.322_467_129_070_039_8), q(2.445_134_137_142_996), q(3.754_408_661_907_416), q(1.0)];
    // Below this probability the tail's own approximation takes over.
    const TAIL: u64 = 447_332_353_206_550_117;

    fn times(a: i64, b: i64) -> i64 {
        ((i128::from(a) * i128::from(b)) >> 32) as i64
    }
    fn polynomial(coefficients: &[i64], x: i64) -> i64 {
        coefficients.iter().fold(0, |sum, &c| times(sum, x) + c)
    }
    fn over(a: i64, b: i64) -> i64 {
        ((i128::from(a) << 32) / i128::from(b)) as i64
    }
    fn tail(u: u64) -> i64 {
        let root = (u128::from(2 * neg_ln(u)) << 32).isqrt() as i64;
        over(polynomial(&C, root), polynomial(&D, root))
    }

    if u < TAIL {
        tail(u)
    } else if !u < TAIL {
        -tail(!u)
    } else {
        let centred = (u >> 32) as i64 - (1 << 31);
        let square = times(centred, centred);
        over(times(polynomial(&A, square), centred), polynomial(&B, square))
    }
}

// The standard library's functions are banned from runs; here they are the yardstick.
#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;

    fn samples() -> impl Iterator<Item = u64> {
        (0..64).flat_map(|shift| [u64::MAX >> shift, (1 << shift) - 1, 0x9e37_79b9_7f4a_7c15 >> shift, 0xdead_beef_1234_5678 >> shift])
    }

    #[test]
    fn the_logarithm_is_right_to_a_billionth() {
        for u in samples() {
            let exact = -((u as f64 + 1.0) / 2f64.powi(64)).ln();
            let ours = neg_ln(u) as f64 / ONE as f64;
            assert!((ours - exact).abs() < 2e-9, "{u}: {ours} for {exact}");
        }
    }

    #[test]
    fn the_power_is_right_to_a_hundred_millionth() {
        for x in [0.0, 1e-6, 0.1, 0.5, 1.0, 3.7, 10.0, 20.5] {
            let ours = scale_exp(1_000_000_000, (x * ONE as f64) as u64) as f64;
            let exact = 1e9 * f64::exp(x);
            assert!((ours / exact - 1.0).abs() < 1e-8, "{x}: {ours} for {exact}");
        }
        assert_eq!(scale_exp(1, 60 << 32), u64::MAX);
        assert_eq!(scale_exp(0, 60 << 32), 0);
    }

    #[test]
    fn the_normal_quantile_has_the_known_values_and_is_symmetric() {
        for (probability, z) in [(0.5, 0.0), (0.841_344_746, 1.0), (0.975, 1.959_964), (0.001, -3.090_232), (1e-9, -5.997_807)] {
            let u = (probability * 2f64.powi(64)) as u64;
            let ours = normal(u) as f64 / ONE as f64;
            assert!((ours - z).abs() < 1e-5, "{probability}: {ours} for {z}");
            assert!((normal(u) + normal(!u)).abs() < 1 << 12, "{probability}: {} {}", normal(u), normal(!u));
        }
    }
}
