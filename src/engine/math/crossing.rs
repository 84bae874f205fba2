//! Where a falling function crosses zero, in few steps from a place that is about right.

/// Where a function crosses zero between two ends, with what it is there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crossing<S> {
    /// Just above zero, within [`CLOSE`].
    Found(S),
    /// Not below zero even at the upper end.
    Above(S),
    /// Below zero even at the lower end.
    Below(S),
}

/// Distance, of the function from zero or between two places, at which the search is done.
pub const CLOSE: f64 = 2e-4;

/// How far above zero the search aims.
const AIM: f64 = 0.1 * CLOSE;

/// Distance of the place where a straight line would cross, at which a value close to zero is taken for it.
const NEAR: f64 = 1e-3;

/// A step goes a little farther than the slope says, to come to the other side, and is so many times the one before at most. The first one
/// takes a slope of one.
const FARTHER: f64 = 1.2;
const LONGER: f64 = 4.0;

/// Steps after which the search has to have come half the way.
const PATIENCE: usize = 4;

/// Steps between two places, at most.
const MOST_STEPS: usize = 40;

/// A place, and how far the function lies above where it is wanted there.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    /// Where the line through both is zero.
    fn line_to(self, other: Self) -> f64 {
        (self.x * other.y - other.x * self.y) / (other.y - self.y)
    }
}

/// Where `f`, which falls, crosses zero between `least` and `most`, looked for from `start` on.
///
/// Steps that follow the slope lead to the other side of zero. Between two sides: regula falsi, in which the end that stays is moved by
/// how much the other one came nearer (Anderson and Björck 1973, BIT 13, pages 253–264).
pub fn crossing<S>(start: f64, [least, most]: [f64; 2], f: impl Fn(f64) -> (f64, S)) -> Crossing<S> {
    // A little above zero is aimed at: there it ends on the right side.
    let at = |x: f64| {
        let (value, found) = f(x);
        (Point { x, y: value - AIM }, value >= 0.0, found)
    };
    let (mut here, above, mut found) = at(start.clamp(least, most));
    let mut step = (FARTHER * here.y.abs()).clamp(2.0 * CLOSE, LONGER);
    let (low, high) = loop {
        if above && here.x >= most {
            return Crossing::Above(found);
        }
        if !above && here.x <= least {
            return Crossing::Below(found);
        }
        let to = if above { (here.x + step).min(most) } else { (here.x - step).max(least) };
        let (next, next_above, next_found) = at(to);
        let by_slope = FARTHER * (here.line_to(next) - next.x).abs();
        step = if by_slope < LONGER * step { by_slope.max(2.0 * CLOSE) } else { LONGER * step };
        match (above, next_above) {
            (true, false) => break (here, next),
            (false, true) => {
                found = next_found;
                break (next, here);
            }
            _ => (here, found) = (next, next_found),
        }
    };
    between(low, high, found, at)
}

/// The crossing between `low`, above zero and there `found`, and `high`, below it.
fn between<S>(
    mut low: Point,
    mut high: Point,
    mut found: S,
    at: impl Fn(f64) -> (Point, bool, S),
) -> Crossing<S> {
    // What it is at the lower end, wherever that end is moved to.
    let (mut side, mut is_low) = (0, low.y);
    let (mut width, mut stalls) = (high.x - low.x, false);
    for i in 0..MOST_STEPS {
        // Where it is flat, a value near zero is not near where it crosses.
        let is_near = low.line_to(high) - low.x < NEAR && is_low < CLOSE;
        if high.x - low.x < CLOSE || is_near {
            break;
        }
        // Where lines make no way, halving does.
        if i % PATIENCE == PATIENCE - 1 {
            stalls = high.x - low.x > 0.5 * width;
            width = high.x - low.x;
        }
        let to = if stalls { 0.5 * (low.x + high.x) } else { low.line_to(high) };
        let (next, above, next_found) = at(to);
        // By how much the end that stays is moved.
        let nearer = |from: f64| {
            let left = 1.0 - next.y / from;
            if left > 0.0 { left } else { 0.5 }
        };
        if above {
            if side == 1 {
                high.y *= nearer(low.y);
            }
            (low, is_low, found, side) = (next, next.y, next_found, 1);
        } else {
            if side == -1 {
                low.y *= nearer(high.y);
            }
            (high, side) = (next, -1);
        }
    }
    Crossing::Found(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// Curves as margins are: a power, a wall, flat and then steep, cut off at both ends.
    #[test]
    fn the_last_place_above_zero_is_found_from_anywhere_in_few_steps() {
        type Curve = (&'static str, fn(f64) -> f64);
        let curves: [Curve; 5] = [
            ("hardly falling", |x| 0.01 - 0.003 * x.exp()),
            ("a power", |x| 1.3 - x),
            ("a wall", |x| if x < 1.3 { (2.6 - 2.0 * x).ln().min(4.0) - 0.2 } else { -4.0 }),
            ("flat, then steep", |x| 0.7 - (3.0 * (x - 1.2)).exp()),
            ("cut off", |x| (8.0 * (1.3 - x)).clamp(-4.0, 4.0)),
        ];
        for (name, curve) in curves {
            for start in [-9.0, -1.0, 0.9, 1.29, 1.31, 2.0, 5.0] {
                let steps = Cell::new(0);
                let counted = |x: f64| {
                    steps.set(steps.get() + 1);
                    (curve(x), x)
                };
                let Crossing::Found(x) = crossing(start, [-9.0, 5.0], counted) else { panic!("{name}") };
                assert!(curve(x) >= 0.0 && curve(x + 4.0 * NEAR) < 0.0, "{name} from {start}: {x}");
                assert!(steps.get() <= 30, "{name} from {start}: {} steps", steps.get());
            }
        }
    }

    #[test]
    fn a_function_on_one_side_says_which() {
        assert_eq!(crossing(1.0, [0.0, 3.0], |x| (5.0 - x, x)), Crossing::Above(3.0));
        assert_eq!(crossing(1.0, [0.0, 3.0], |x| (-1.0 - x, x)), Crossing::Below(0.0));
        assert_eq!(crossing(9.0, [0.0, 3.0], |x| (5.0 - x, x)), Crossing::Above(3.0));
    }
}
