//! Random numbers that are the same on every machine: integer arithmetic, and logarithms and powers of `libm` rather than those
//! of the system.

/// xoshiro256++ (Blackman and Vigna 2021), seeded by SplitMix64.
#[derive(Clone, Debug)]
pub struct Random([u64; 4]);

impl Random {
    /// Stream number `stream` of `seed`: streams do not depend on how much is drawn of each other.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut state = seed ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03).rotate_left(17);
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }))
    }

    fn bits(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform, from 0 up to and without 1.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Exponential, mean 1.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.uniform())
    }

    /// Standard normal (polar method, Marsaglia and Bray 1964; the second of the pair is not kept).
    pub fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * libm::log(square) / square).sqrt();
            }
        }
    }

    /// Gamma of this shape, mean `shape` (Marsaglia and Tsang 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = libm::pow(1.0 - self.uniform(), 1.0 / shape);
            return boost * self.gamma(shape + 1.0);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let normal = self.normal();
            let cube = 1.0 + c * normal;
            if cube <= 0.0 {
                continue;
            }
            let v = cube * cube * cube;
            let least = 0.5 * normal * normal + d - d * v + d * libm::log(v);
            if libm::log(1.0 - self.uniform()) < least {
                return d * v;
            }
        }
    }

    /// Mean 1, with this coefficient of variation: even at 0, exponential at 1, gamma otherwise.
    pub fn interval(&mut self, cv: f64) -> f64 {
        if cv <= 0.0 {
            1.0
        } else if cv == 1.0 {
            self.exponential()
        } else {
            let shape = 1.0 / (cv * cv);
            self.gamma(shape) / shape
        }
    }

    /// Lognormal of mean 1 with this coefficient of variation.
    pub fn lognormal(&mut self, cv: f64) -> f64 {
        if cv <= 0.0 {
            return 1.0;
        }
        let variance = libm::log1p(cv * cv);
        libm::exp(variance.sqrt() * self.normal() - 0.5 * variance)
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    /// Of a million draws, mean and coefficient of variation are those asked for.
    #[test]
    fn draws_have_their_mean_and_variation() {
        let moments = |draw: &mut dyn FnMut() -> f64| {
            let n = 1_000_000;
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..n {
                let x = draw();
                sum += x;
                squares += x * x;
            }
            let mean = sum / f64::from(n);
            (mean, (squares / f64::from(n) / (mean * mean) - 1.0).max(0.0).sqrt())
        };
        let mut random = Random::new(7, 1);
        for cv in [0.0, 0.3, 0.5, 1.0, 2.0] {
            let (mean, found) = moments(&mut || random.interval(cv));
            assert!((mean - 1.0).abs() < 0.01 && (found - cv).abs() < 0.03, "gamma {cv}: {mean} {found}");
            let (mean, found) = moments(&mut || random.lognormal(cv));
            assert!((mean - 1.0).abs() < 0.01 && (found - cv).abs() < 0.05, "lognormal {cv}: {mean} {found}");
        }
    }

    /// The first numbers of a stream: they are the same in every release and on every machine.
    #[test]
    fn a_stream_never_changes() {
        let first = |seed, stream| Random::new(seed, stream).bits();
        assert_eq!((first(0, 0), first(1, 0)), (5_987_356_902_031_041_503, 14_971_601_782_005_023_387));
        assert_ne!(first(1, 1), first(1, 0));
    }
}
