//! Meaning as int8: one symmetric scale a vector, exact scan. 384 bytes an entry; 100,000 entries take milliseconds,
//! and every filter is free.

/// All vectors, by slot; a scale of 0 marks a slot whose meaning is not known.
pub(crate) struct Vectors {
    dimensions: usize,
    components: Vec<i8>,
    scales: Vec<f32>,
}

/// A vector as int8 components and the factor that brings them back.
pub(crate) fn quantise(vector: &[f32]) -> (f32, Vec<i8>) {
    let largest = vector.iter().fold(0f32, |max, x| max.max(x.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return (0.0, vec![0; vector.len()]);
    }
    let scale = largest / 127.0;
    #[expect(clippy::cast_possible_truncation, reason = "the quotient lies within ±127")]
    let components = vector.iter().map(|x| (x / scale).round() as i8).collect();
    (scale, components)
}

impl Vectors {
    pub(crate) fn new(dimensions: usize) -> Self {
        Self { dimensions, components: Vec::new(), scales: Vec::new() }
    }

    /// Adds a slot without meaning.
    pub(crate) fn push_unknown(&mut self) {
        self.components.resize(self.components.len() + self.dimensions, 0);
        self.scales.push(0.0);
    }

    pub(crate) fn set(&mut self, slot: usize, scale: f32, components: &[i8]) {
        if components.len() == self.dimensions && slot < self.scales.len() {
            self.components[slot * self.dimensions..][..self.dimensions].copy_from_slice(components);
            self.scales[slot] = scale;
        }
    }

    pub(crate) fn known(&self, slot: usize) -> bool {
        self.scales[slot] != 0.0
    }

    /// A slot's vector, as near as int8 comes to it.
    pub(crate) fn get(&self, slot: usize) -> Vec<f32> {
        self.row(slot).iter().map(|&x| f32::from(x) * self.scales[slot]).collect()
    }

    /// The scalar product of a quantised query with a slot's vector; `None` where it is not known.
    pub(crate) fn product(&self, slot: usize, query_scale: f32, query: &[i8]) -> Option<f32> {
        let scale = self.scales[slot];
        if scale == 0.0 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "384 products of at most 127² stay below 2²⁴")]
        let dot = dot(query, self.row(slot)) as f32;
        Some(dot * query_scale * scale)
    }

    fn row(&self, slot: usize) -> &[i8] {
        &self.components[slot * self.dimensions..][..self.dimensions]
    }
}

fn dot_plain(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(&x, &y)| i32::from(i16::from(x) * i16::from(y))).sum()
}

/// The same loop, compiled for AVX2: release builds target the generic CPU, so the wider one is found at run time.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dot_avx2(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(&x, &y)| i32::from(i16::from(x) * i16::from(y))).sum()
}

fn dot(a: &[i8], b: &[i8]) -> i32 {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[expect(unsafe_code, reason = "AVX2 has just been detected, which is all the function asks for")]
        // SAFETY: the target feature that `dot_avx2` enables is present.
        return unsafe { dot_avx2(a, b) };
    }
    dot_plain(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantised_cosine_is_within_one_percent_of_the_exact_one() {
        let a: Vec<f32> = (0..384).map(|i| (i as f32 * 0.37).sin() / 13.86).collect();
        let b: Vec<f32> = (0..384).map(|i| (i as f32 * 0.37 + 0.5).sin() / 13.86).collect();
        let exact: f32 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
        let mut vectors = Vectors::new(384);
        vectors.push_unknown();
        let (scale, components) = quantise(&b);
        vectors.set(0, scale, &components);
        let (query_scale, query) = quantise(&a);
        let found = vectors.product(0, query_scale, &query).unwrap();
        assert!((found - exact).abs() < 0.01, "{found} against {exact}");
    }

    #[test]
    fn the_wide_loop_gives_what_the_plain_one_gives() {
        let a: Vec<i8> = (0..384).map(|i| (i * 7 % 255 - 127) as i8).collect();
        let b: Vec<i8> = (0..384).map(|i| (i * 13 % 255 - 127) as i8).collect();
        assert_eq!(dot(&a, &b), dot_plain(&a, &b));
    }
}
