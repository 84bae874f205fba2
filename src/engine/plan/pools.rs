//! The search for two pools on one accelerator: the best layout that only reads prompts, and the best that only writes answers.
//!
//! What the pools cost is nearly the sum of two costs, so that each is looked for by itself: of the way of a request between
//! them a prefill layout is left the time that a decode layout takes at most. They meet in machines of one kind.

use super::layouts::LaidOut;
use super::search::{Candidacy, Hardware, Sizer};
use crate::catalog::{NumberFormat, Term, Vendor};
use crate::engine::figures::{Number, Silent};
use crate::engine::fleet::housing::{Home, Housing, Weight};
use crate::engine::fleet::replicas::{FleetRule, MOST_ACCELERATORS};
use crate::engine::fleet::tariff::Holding;
use crate::engine::replica::batching::Looks;
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::memory::Room;
use crate::engine::replica::pools::Role;
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::serving::Demand;
use crate::scenario::Pools;

/// Two pools, and what they weigh.
pub(in crate::engine) struct PooledChoice<'a> {
    pub prefill: Candidacy,
    pub decode: Candidacy,
    /// Where both stand.
    pub home: Home<'a>,
}

impl<'a> PooledChoice<'a> {
    /// What their machines have to hold.
    pub fn holding(&self) -> Holding {
        let each =
            [&self.prefill, &self.decode].map(|choice| f64::from(choice.replica.degrees.accelerators()));
        Holding { each: self.home.joined(each[0].max(each[1])), most: self.home.machine }
    }

    /// The rules of the two pools, which stay where they are.
    pub fn rules(&self, sizer: &Sizer<'a>, hardware: &Hardware<'a>) -> [FleetRule<'a>; 2] {
        [&self.prefill, &self.decode].map(|choice| {
            let capacity = Number::exact(choice.capacity.state.requests_per_s);
            let each = Number::exact(f64::from(choice.replica.degrees.accelerators()));
            let sharing = sizer.sharing(choice, &choice.capacity);
            sizer.rule(hardware, capacity, each).of_pool(self.home).sharing(sharing)
        })
    }
}

/// A pool of one role by itself.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct OnePool {
    /// Of its replicas, spares included.
    pub accelerators: f64,
    pub kv_cache: NumberFormat,
    /// An hour's rent, or the price of its servers, US dollars.
    pub usd: f64,
}

/// Servers and their network of so many times the price may still cost less in all: energy and space follow the accelerators.
const BESIDE_SERVERS: f64 = 1.1;

/// The best layout of one pool in one kind of machines, with one format of the KV cache.
struct Best<'a> {
    home: Home<'a>,
    /// Accelerators that count there, those of replicas, and capacity with the sign turned.
    key: (f64, f64, f64),
    choice: Candidacy,
}

impl Best<'_> {
    fn kv_cache(&self) -> NumberFormat {
        self.choice.replica.kv_cache
    }
}

/// The best of one pool.
#[derive(Default)]
struct PoolLead<'a> {
    best: Vec<Best<'a>>,
    /// Spares that are known: accelerators of a replica, replicas, the place of the home; many layouts take the same.
    known: Vec<((f64, f64, usize), f64)>,
}

impl PoolLead<'_> {
    /// The most accelerators that a layout can have and still be the best in some machines.
    fn most(&self) -> f64 {
        self.best.iter().map(|best| best.key.0).reduce(f64::max).unwrap_or(f64::INFINITY)
    }
}

/// Whether the stacks send KV caches between replicas on accelerators of `vendor`: vLLM, SGLang and TensorRT-LLM do through NIXL,
/// UCX or Mooncake on GPUs; their plug-ins for other accelerators do not, or as an experiment ("Disaggregated Prefilling" of vLLM's
/// documentation, "PD Disaggregation" of SGLang's, "Disaggregated Serving" of TensorRT-LLM's, 2026).
fn hands_over(vendor: Vendor) -> bool {
    matches!(vendor, Vendor::Nvidia | Vendor::Amd)
}

impl<'a> Sizer<'a> {
    /// Whether pools are looked for: a fleet that one has stays as it is.
    pub(super) fn may_pool(&self, hardware: &Hardware<'a>) -> bool {
        self.scenario.platform.pools != Pools::Never
            && self.scenario.fleet.replicas.is_none()
            && hands_over(hardware.accelerator.vendor)
    }

    /// What is asked of a replica in a role.
    pub(super) fn demand_of(
        &self,
        role: Role,
        hardware: &Hardware<'_>,
        replica: &Replica,
        room: &Room,
    ) -> Demand {
        match role {
            Role::Mixed => self.demand,
            Role::Decode => self.demand.writing(),
            Role::Prefill => {
                let looks = Looks::writing_only(self.stack.admission_steps.value());
                let card = hardware.accelerator.nic_bytes_per_s.value();
                let share = card / self.scenario.facility.oversubscription.max(1.0);
                let transfer_s = self.prompt_kv_bytes(room) / (replica.holders() * share);
                self.demand.reading(self.demand.longest_handover_s(
                    transfer_s,
                    looks,
                    replica.tokens_per_step,
                ))
            }
        }
    }

    /// KV cache of one prompt, whole model, bytes.
    pub(super) fn prompt_kv_bytes(&self, room: &Room) -> f64 {
        let tokens = self.demand.input_tokens;
        room.kv_bytes_per_token(tokens, &mut Silent).value * tokens
    }

    /// The cheapest pools beside a fleet of replicas that do both of weight `mixed`; `None`: they are not asked for, cannot serve, or
    /// are known to weigh more.
    pub(in crate::engine) fn look_for_pools(
        &self,
        hardware: &Hardware<'a>,
        layouts: &[LaidOut],
        mixed: Option<Weight>,
    ) -> Option<PooledChoice<'a>> {
        if !self.may_pool(hardware) {
            return None;
        }
        let housing = self.housing(hardware);
        let most = self.heaviest(mixed).map(|weight| housing.most_accelerators(weight));
        let bound = most.unwrap_or(f64::INFINITY);
        // The other pool takes an accelerator at least, and what it does take once that is known.
        let prefill = self.look_for_pool(hardware, &housing, layouts, Role::Prefill, bound - 1.0);
        let least = prefill.best.iter().map(|best| best.key.1).reduce(f64::min)?;
        let decode = self.look_for_pool(hardware, &housing, layouts, Role::Decode, bound - least);
        self.joined(&housing, [prefill, decode], self.heaviest(mixed))
    }

    /// The best pools of `role` of at most so many accelerators.
    fn look_for_pool(
        &self,
        hardware: &Hardware<'a>,
        housing: &Housing<'a>,
        layouts: &[LaidOut],
        role: Role,
        most: f64,
    ) -> PoolLead<'a> {
        let lead = std::cell::RefCell::new(PoolLead::default());
        let wanted = |degrees: Degrees| self.of_interest(lead.borrow().most().min(most), degrees);
        self.visit_options(hardware, layouts, role, wanted, |_, _, result| {
            if let Ok(option) = result {
                self.weigh_in_pool(hardware, housing, &option, &mut lead.borrow_mut());
            }
        });
        lead.into_inner()
    }

    /// The best pools of one role alone on an accelerator, one for each kind of machines and format of the KV cache; none where it
    /// hands over no caches or nobody rents it.
    pub(in crate::engine) fn pools_of_one_role(&self, hardware: &Hardware<'a>, role: Role) -> Vec<OnePool> {
        if !self.may_pool(hardware) || self.obstacle(hardware).is_some() {
            return Vec::new();
        }
        let housing = self.housing(hardware);
        let lead = self.look_for_pool(hardware, &housing, &self.layouts(hardware), role, f64::INFINITY);
        let pool = |best: &Best<'a>| {
            let each = f64::from(best.choice.replica.degrees.accelerators());
            let usd = housing.weight_of_pools(&best.home, [best.key.0, 0.0], each)?.usd();
            Some(OnePool { accelerators: best.key.1, kv_cache: best.kv_cache(), usd })
        };
        lead.best.iter().filter_map(pool).collect()
    }

    /// The same among `options`.
    pub(super) fn pools_among(
        &self,
        hardware: &Hardware<'a>,
        options: &[Candidacy],
        mixed: Option<Weight>,
    ) -> Option<PooledChoice<'a>> {
        if !self.may_pool(hardware) {
            return None;
        }
        let housing = self.housing(hardware);
        let mut leads = [PoolLead::default(), PoolLead::default()];
        for option in options.iter().filter(|option| option.demand.role != Role::Mixed) {
            self.weigh_in_pool(hardware, &housing, option, &mut leads[place(option.demand.role)]);
        }
        self.joined(&housing, leads, self.heaviest(mixed))
    }

    /// Keeps `option` in every kind of machines in which it takes less than the best.
    fn weigh_in_pool(
        &self,
        hardware: &Hardware<'a>,
        housing: &Housing<'a>,
        option: &Candidacy,
        lead: &mut PoolLead<'a>,
    ) {
        let each = f64::from(option.replica.degrees.accelerators());
        let rule = |option: &Candidacy| {
            let capacity = Number::exact(option.capacity.state.requests_per_s);
            self.rule(hardware, capacity, Number::exact(each))
        };
        let kv_cache = option.replica.kv_cache;
        let place = |lead: &PoolLead<'a>, home: &Home<'a>| {
            let alike = |best: &Best<'a>| same_home(&best.home, home) && best.kv_cache() == kv_cache;
            lead.best.iter().position(alike)
        };
        // Spares only add to what counts, and so do replicas that fewer share the bursts of.
        let fewest = rule(option).replicas(self.scenario.workload.requests_per_s);
        let mut wins = false;
        housing.visit_homes(each, |home| {
            let best = place(lead, &home).map(|at| lead.best[at].key.0);
            wins |=
                home.is_joined() && best.is_none_or(|best| housing.counted_in(&home, fewest, each) <= best);
        });
        let Some(option) = wins.then(|| self.settled(option).ok()).flatten() else { return };
        let (rule, replicas) = (rule(&option), option.replicas);
        let carried = option.capacity.state.requests_per_s * replicas;
        let mut steady = None;
        housing.visit_homes(each, |home| {
            let at = place(lead, &home);
            let counted = |spares: f64| housing.counted_in(&home, replicas + spares, each);
            if !home.is_joined() || at.is_some_and(|at| counted(0.0) > lead.best[at].key.0) {
                return;
            }
            let fleet = (each, replicas, at.unwrap_or(lead.best.len()));
            let known = lead.known.iter().find(|(known, _)| *known == fleet).map(|(_, spares)| *spares);
            let spares = known.unwrap_or_else(|| {
                let spares = rule.of_pool(home).spares(replicas);
                lead.known.push((fleet, spares));
                spares
            });
            let key = (counted(spares), (replicas + spares) * each, -carried);
            // Times of the confidence asked for that take many times the fleet are those of a layout at the edge of its limits.
            if at.is_some_and(|at| key >= lead.best[at].key)
                || !*steady.get_or_insert_with(|| self.edge(hardware, &option).is_none())
            {
                return;
            }
            let best = Best { home, key, choice: option.clone() };
            match at {
                None => lead.best.push(best),
                Some(at) => lead.best[at] = best,
            }
        });
    }

    /// The most that pools may weigh to be of interest beside a fleet of weight `mixed`; `None`: anything.
    fn heaviest(&self, mixed: Option<Weight>) -> Option<Weight> {
        let free = self.scenario.platform.pools == Pools::Always;
        let bought = self.scenario.money.term == Term::Buy;
        mixed.filter(|_| !free).map(|weight| if bought { weight.times(BESIDE_SERVERS) } else { weight })
    }

    /// The two pools that weigh least together, and no more than `heaviest`.
    fn joined(
        &self,
        housing: &Housing<'a>,
        [prefill, decode]: [PoolLead<'a>; 2],
        heaviest: Option<Weight>,
    ) -> Option<PooledChoice<'a>> {
        let each = |best: &Best<'_>| f64::from(best.choice.replica.degrees.accelerators());
        let pairs = prefill.best.iter().flat_map(|reader| {
            // A cache is read in the format in which it was written.
            let meets = |writer: &&Best<'a>| {
                same_home(&reader.home, &writer.home) && reader.kv_cache() == writer.kv_cache()
            };
            decode.best.iter().filter(meets).map(move |writer| (reader, writer))
        });
        let weighed = pairs.filter_map(|(reader, writer)| {
            let larger = each(reader).max(each(writer));
            let weight = housing.weight_of_pools(&reader.home, [reader.key.0, writer.key.0], larger)?;
            let accelerators = reader.key.1 + writer.key.1;
            (accelerators <= MOST_ACCELERATORS).then_some((weight, accelerators, reader, writer))
        });
        let less = |a: &(Weight, f64, _, _), b: &(Weight, f64, _, _)| {
            (a.0.usd(), a.1).partial_cmp(&(b.0.usd(), b.1)).unwrap_or(std::cmp::Ordering::Equal)
        };
        let (weight, _, reader, writer) = weighed.min_by(less)?;
        if heaviest.is_some_and(|heaviest| weight > heaviest) {
            return None;
        }
        Some(PooledChoice {
            prefill: reader.choice.clone(),
            decode: writer.choice.clone(),
            home: reader.home,
        })
    }
}

/// Where the lead of a pool stands.
fn place(role: Role) -> usize {
    usize::from(role == Role::Decode)
}

/// Whether two are the same machines.
fn same_home(a: &Home<'_>, b: &Home<'_>) -> bool {
    std::ptr::eq(a.server, b.server) && a.machine == b.machine
}
