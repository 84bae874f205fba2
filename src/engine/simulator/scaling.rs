//! A fleet that follows its load: replicas are started where requests pile up and stopped where few are in flight, as the Horizontal
//! Pod Autoscaler of Kubernetes does it with its defaults ("Horizontal Pod Autoscaling", kubernetes.io, 2026): a look every 15
//! seconds, nothing for a tenth more or less, up at once, down to the most that was wanted in the last five minutes.

use std::collections::VecDeque;

/// How a fleet follows its load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling {
    /// Replicas that always run.
    pub least: u32,
    /// Requests in flight that a replica is to have, mean.
    pub in_flight: f64,
    /// From the decision to start a replica to its first request, seconds.
    pub start_s: f64,
}

/// Between two looks, seconds.
const LOOK_S: f64 = 15.0;
/// For so long what was wanted keeps replicas from being stopped, seconds.
const STAY_S: f64 = 300.0;
/// Share by which requests in flight may be off before anything is done.
const TOLERANCE: f64 = 0.1;

/// A replica of a fleet that follows its load.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Power {
    /// It does not run, or finishes what it has and gets no more.
    Off,
    /// It gets requests from this time on, seconds.
    From(f64),
}

/// Which replicas of a fleet run.
pub(super) struct Scaler {
    scaling: Scaling,
    replicas: Vec<Power>,
    /// When it looks next, seconds.
    next_s: f64,
    /// What was wanted at each look of the last five minutes.
    wanted: VecDeque<(f64, u32)>,
    /// Seconds that replicas ran, all together: from the decision on, and until their last request left.
    ran_s: f64,
}

impl Scaler {
    /// Of `replicas`, of which the least run at first.
    pub fn new(scaling: Scaling, replicas: u32) -> Self {
        let power = |i: u32| if i < scaling.least { Power::From(0.0) } else { Power::Off };
        let replicas = (0..replicas).map(power).collect();
        Self { scaling, replicas, next_s: LOOK_S, wanted: VecDeque::new(), ran_s: 0.0 }
    }

    /// Whether a replica gets requests.
    pub fn serves(&self, replica: usize, now_s: f64) -> bool {
        matches!(self.replicas[replica], Power::From(ready_s) if ready_s <= now_s)
    }

    /// When it looks next, where that is by `until_s`.
    pub fn due(&self, until_s: f64) -> Option<f64> {
        (self.next_s <= until_s).then_some(self.next_s)
    }

    /// Looks at the requests in flight of each replica, and starts or stops some.
    pub fn look(&mut self, in_flight: &[u32]) {
        let now_s = self.next_s;
        self.next_s += LOOK_S;
        let on = |power: &Power| matches!(power, Power::From(_));
        let busy = self.replicas.iter().zip(in_flight).filter(|(power, n)| on(power) || **n > 0).count();
        self.ran_s += LOOK_S * busy as f64;

        let running = self.replicas.iter().filter(|power| on(power)).count() as u32;
        let all = in_flight.iter().sum::<u32>();
        let ratio = f64::from(all) / (self.scaling.in_flight * f64::from(running.max(1)));
        let wanted = if (ratio - 1.0).abs() < TOLERANCE + 1e-9 {
            running
        } else {
            (f64::from(all) / self.scaling.in_flight).ceil() as u32
        };
        let wanted = wanted.clamp(self.scaling.least, self.replicas.len() as u32);
        self.wanted.push_back((now_s, wanted));
        while self.wanted.front().is_some_and(|(at_s, _)| now_s - at_s > STAY_S) {
            self.wanted.pop_front();
        }
        let kept = self.wanted.iter().map(|(_, wanted)| *wanted).max().unwrap_or(wanted);
        let target = if wanted > running { wanted } else { kept.min(running) };
        let ready_s = now_s + self.scaling.start_s;
        let off = self.replicas.iter_mut().filter(|power| **power == Power::Off);
        off.take(target.saturating_sub(running) as usize).for_each(|power| *power = Power::From(ready_s));
        // The latest are stopped first.
        let surplus = running.saturating_sub(target) as usize;
        let latest = self.replicas.iter_mut().rev().filter(|power| on(power));
        latest.take(surplus).for_each(|power| *power = Power::Off);
    }

    /// Replicas that ran, mean over the time in which it looked.
    pub fn mean(&self) -> f64 {
        let looked_s = self.next_s - LOOK_S;
        if looked_s > 0.0 { self.ran_s / looked_s } else { f64::from(self.scaling.least) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(scaler: &Scaler, now_s: f64) -> usize {
        (0..scaler.replicas.len()).filter(|i| scaler.serves(*i, now_s)).count()
    }

    /// Up at once, ready after the start; down after five minutes, one at a time as the most that was wanted falls.
    #[test]
    fn a_fleet_follows_its_load_up_at_once_and_down_after_a_while() {
        let scaling = Scaling { least: 1, in_flight: 10.0, start_s: 60.0 };
        let mut scaler = Scaler::new(scaling, 4);
        let look = |scaler: &mut Scaler, in_flight: [u32; 4]| {
            let now_s = scaler.due(f64::INFINITY).unwrap();
            scaler.look(&in_flight);
            now_s
        };
        let now_s = look(&mut scaler, [11, 0, 0, 0]);
        assert_eq!(running(&scaler, now_s + 1e3), 1, "a tenth more is tolerated");
        let now_s = look(&mut scaler, [35, 0, 0, 0]);
        assert_eq!([now_s + 59.0, now_s + 60.0].map(|at_s| running(&scaler, at_s)), [1, 4]);
        for i in 1..=21 {
            let now_s = look(&mut scaler, [5, 0, 0, 1]);
            assert_eq!(running(&scaler, now_s + 60.0), if i <= 20 { 4 } else { 1 }, "look {i}");
        }
        assert!(scaler.mean() > 3.0 && scaler.mean() < 4.0, "{}", scaler.mean());
    }
}
