//! The small functions between the products: layer norm, GELU and softmax, on slices and in place.
//!
//! They are written so that the compiler vectorises them inside `Arch::dispatch`, for the processor found at run time.

use pulp::Arch;

/// Partial sums kept apart so that a floating-point reduction can be vectorised.
const LANES: usize = 16;

/// A layer normalisation's learned scale and shift (Ba et al. 2016, arXiv 1607.06450).
pub(super) struct LayerNorm {
    /// Scale, one per dimension.
    pub weight: Vec<f32>,
    /// Shift, one per dimension.
    pub bias: Vec<f32>,
    /// Added to the variance; 1e-12 for BERT.
    pub epsilon: f32,
}

impl LayerNorm {
    /// Normalises each row of `x` (rows × width) in place.
    pub(super) fn apply(&self, arch: Arch, x: &mut [f32]) {
        arch.dispatch(
            #[inline(always)]
            || {
                let width = self.weight.len();
                for row in x.chunks_exact_mut(width) {
                    let mean = sum(row.iter().copied()) / width as f32;
                    let variance = sum(row.iter().map(|v| (v - mean) * (v - mean))) / width as f32;
                    let scale = 1.0 / (variance + self.epsilon).sqrt();
                    for ((v, w), b) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
                        *v = (*v - mean) * scale * w + b;
                    }
                }
            },
        );
    }
}

/// `x += y`.
pub(super) fn add(arch: Arch, x: &mut [f32], y: &[f32]) {
    arch.dispatch(
        #[inline(always)]
        || x.iter_mut().zip(y).for_each(|(x, y)| *x += y),
    );
}

/// The exact Gaussian error linear unit, x·Φ(x), in place (Hendrycks and Gimpel 2016, arXiv 1606.08415).
pub(super) fn gelu(arch: Arch, x: &mut [f32]) {
    arch.dispatch(
        #[inline(always)]
        || {
            for v in x {
                *v = 0.5 * *v * (1.0 + erf(*v * std::f32::consts::FRAC_1_SQRT_2));
            }
        },
    );
}

/// Softmax of `scale · x` over one row, in place.
pub(super) fn softmax(arch: Arch, x: &mut [f32], scale: f32) {
    arch.dispatch(
        #[inline(always)]
        || {
            let mut most = [f32::NEG_INFINITY; LANES];
            let (chunks, rest) = x.as_chunks::<LANES>();
            for chunk in chunks {
                most.iter_mut().zip(chunk).for_each(|(m, v)| *m = if *v > *m { *v } else { *m });
            }
            let most = most.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max);
            for v in x.iter_mut() {
                *v = exp((*v - most) * scale);
            }
            let inverse = 1.0 / sum(x.iter().copied());
            x.iter_mut().for_each(|v| *v *= inverse);
        },
    );
}

/// A sum in [`LANES`] strands, vectorised and also more exact than one strand.
#[inline(always)]
fn sum(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let mut strands = [0.0f32; LANES];
    let mut values = values;
    for _ in 0..values.len() / LANES {
        for strand in &mut strands {
            *strand += values.next().unwrap_or(0.0);
        }
    }
    strands.iter().sum::<f32>() + values.sum::<f32>()
}

/// The error function by the rational approximation of Eigen and XLA on ±4; absolute error below 5e-7.
#[inline(always)]
fn erf(x: f32) -> f32 {
    let x = x.clamp(-4.0, 4.0);
    let s = x * x;
    let mut p = -2.726_142_3e-10;
    for c in [2.770_681_4e-8, -2.101_024e-6, -5.692_506_4e-5, -7.349_906_3e-4, -2.954_6e-3, -1.609_603_3e-2] {
        p = p * s + c;
    }
    let mut q = -1.456_607_2e-5;
    for c in [-2.133_740_6e-4, -1.682_827e-3, -7.373_329e-3, -1.426_473_9e-2] {
        q = q * s + c;
    }
    x * p / q
}

/// e to the power of x for x ≤ 0 (0 below −87), relative error below 2e-7: Cephes `expf` (Moshier), without branches.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding and subtracting 1.5 · 2²³ rounds to a whole number in the low bits of the mantissa.
    const ROUND: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let mut p = 1.987_569_1e-4;
    for c in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_66, 0.5] {
        p = p * r + c;
    }
    let mantissa = p * r * r + r + 1.0;
    let power = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    mantissa * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_function_agrees_with_its_series() {
        // Abramowitz and Stegun, table 7.1.
        for (x, expected) in
            [(0.0, 0.0), (0.1, 0.112_462_92), (0.5, 0.520_499_9), (1.0, 0.842_700_8), (2.0, 0.995_322_3)]
        {
            assert!((erf(x) - expected).abs() < 1e-6, "erf({x}) = {}", erf(x));
            assert!((erf(-x) + expected).abs() < 1e-6, "erf(-{x}) = {}", erf(-x));
        }
        assert!((erf(30.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_exponential_agrees_with_the_standard_library() {
        for i in 0..2_000 {
            let x = i as f32 * -0.04;
            assert!((exp(x) - x.exp()).abs() <= x.exp() * 1e-6, "exp({x}) = {}", exp(x));
        }
        assert!(exp(-1e30) < 1e-37);
    }

    #[test]
    fn softmax_sums_to_one_and_keeps_the_order() {
        let mut x: Vec<f32> = (0..37).map(|i| (i * 7 % 37) as f32).collect();
        softmax(Arch::new(), &mut x, 0.5);
        assert!((x.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(x[0] < x[1] && x[1] < x[2]);
    }
}
