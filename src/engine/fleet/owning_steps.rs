//! The steps that made the figures of a fleet that is bought.

use crate::catalog::{Figure, OWN_QUOTE};
use crate::engine::Buy;
use crate::engine::explain::{Recorder, Step, Term as Input, Trust};
use crate::engine::fleet::cost::Bill;
use crate::scenario::Hosting;
use crate::units::Unit;

/// A part of what is paid: the field of its step, its name, its value, how it came about.
type Part = (&'static str, &'static str, f64, &'static str, Vec<Input>, Vec<String>);

impl Bill<'_> {
    /// Notes every part of owning, the sums, the residual value and the net present cost.
    pub(in crate::engine) fn explain_buy<R: Recorder>(&self, buy: &Buy, recorder: &mut R) {
        if !R::NOTES {
            return;
        }
        let (f, money) = (self.facility, &self.scenario.money);
        let years = || Input::plain("horizon", money.years, Unit::Years);
        for (field, label, value, formula, inputs, sources) in
            self.purchases(buy).into_iter().chain(self.yearly(buy))
        {
            let trust = if sources.iter().any(|s| s == OWN_QUOTE) { Trust::Given } else { Trust::Assumed };
            recorder.note(|| {
                Step::derived(format!("cost.buy.{field}"), label, (value, Unit::Usd), formula, inputs)
                    .resting_on(trust, sources)
            });
        }
        recorder.note(|| {
            Step::derived(
                "cost.buy.capex_usd",
                "Purchase",
                (buy.capex_usd, Unit::Usd),
                "servers + network + storage + deployment + hall",
                self.purchases(buy)
                    .into_iter()
                    .map(|(field, label, value, ..)| made(field, label, value))
                    .collect(),
            )
        });
        recorder.note(|| {
            Step::derived(
                "cost.buy.opex_usd_per_year",
                "Owning, a year",
                (buy.opex_usd_per_year, Unit::Usd),
                "energy + space + maintenance + staff + software",
                self.yearly(buy)
                    .into_iter()
                    .map(|(field, label, value, ..)| made(field, label, value))
                    .collect(),
            )
        });
        recorder.note(|| {
            Step::derived(
                "cost.buy.residual_usd",
                "Worth at the end of the horizon",
                (buy.residual_usd, Unit::Usd),
                "servers × (share left after four years)^(age ÷ 4) + hall × (1 − years ÷ life of the hall)",
                vec![
                    made("servers_usd", "Servers", buy.servers_usd),
                    plain("share left after four years", &f.residual_after_4_years, Unit::Fraction),
                    plain("life of servers", &f.server_life_years, Unit::Years),
                    made("hall_usd", "Hall", buy.hall_usd),
                    plain("life of the hall", &f.hall_life_years, Unit::Years),
                    years(),
                ],
            )
            .resting_on(Trust::Assumed, [f.residual_after_4_years.source(), f.server_life_years.source()])
        });
        recorder.note(|| {
            Step::derived(
                "cost.buy.present_cost_usd",
                "Net present cost of owning",
                (buy.present_cost_usd, Unit::Usd),
                "purchase + replacements + a year × annuity − residual value, each in today's dollars; taxes left out",
                vec![
                    made("capex_usd", "Purchase", buy.capex_usd),
                    made("opex_usd_per_year", "Owning, a year", buy.opex_usd_per_year),
                    Input::plain("annuity, years", self.annuity(), Unit::One),
                    made("residual_usd", "Worth at the end", buy.residual_usd),
                    years(),
                    Input::plain("discount rate", money.discount_rate, Unit::Fraction),
                ],
            )
            .resting_on(Trust::Derived, ["Brealey, Myers and Allen, Principles of Corporate Finance, ch. 2 and 6"])
        });
    }

    fn purchases(&self, buy: &Buy) -> Vec<Part> {
        let f = self.facility;
        let servers = || made("servers_usd", "Servers", buy.servers_usd);
        let price = self.server.price_usd.as_ref();
        let hall = match self.server.cooling {
            crate::catalog::Cooling::Air => &f.air_hall_usd_per_w,
            crate::catalog::Cooling::Liquid => &f.liquid_hall_usd_per_w,
        };
        vec![
            (
                "servers_usd",
                "Servers",
                buy.servers_usd,
                "servers × price of one",
                vec![
                    Input::made("servers", self.servers, Unit::One, "layout.servers"),
                    Input::plain("price of a server", price.map_or(0.0, Figure::value), Unit::Usd),
                ],
                price.map(|p| p.source().to_owned()).into_iter().collect(),
            ),
            (
                "network_usd",
                "Network",
                buy.network_usd,
                "switches, transceivers and cables",
                vec![Input::made("network", self.network.price_usd, Unit::Usd, "network.price_usd")],
                Vec::new(),
            ),
            (
                "storage_usd",
                "Storage",
                buy.storage_usd,
                "servers × share",
                vec![servers(), plain("share", &f.storage_price, Unit::Fraction)],
                vec![f.storage_price.source().to_owned()],
            ),
            (
                "deployment_usd",
                "Deployment",
                buy.deployment_usd,
                "servers × share: racking, cabling, burn-in",
                vec![servers(), plain("share", &f.deployment_price, Unit::Fraction)],
                vec![f.deployment_price.source().to_owned()],
            ),
            (
                "hall_usd",
                "Hall",
                buy.hall_usd,
                match self.scenario.money.hosting {
                    Hosting::Colocation => "none: space is rented",
                    Hosting::OwnHall => "IT power × price of a hall for a watt",
                },
                vec![
                    Input::made("IT power", self.power.it_w, Unit::Watts, "power.it_w"),
                    plain("price of a hall for a watt", hall, Unit::Usd),
                ],
                vec![hall.source().to_owned()],
            ),
        ]
    }

    fn yearly(&self, buy: &Buy) -> Vec<Part> {
        let f = self.facility;
        let money = &self.scenario.money;
        let accelerators =
            || Input::plain("accelerators", self.servers * self.server.accelerators.value(), Unit::One);
        let space = match money.hosting {
            Hosting::Colocation => (
                "IT power × price of a kilowatt and month × 12",
                vec![
                    Input::made("IT power", self.power.it_w, Unit::Watts, "power.it_w"),
                    plain("of a kilowatt and month", &f.colocation_usd_per_kw_month, Unit::Usd),
                ],
                f.colocation_usd_per_kw_month.source(),
            ),
            Hosting::OwnHall => (
                "hall × upkeep",
                vec![
                    made("hall_usd", "Hall", buy.hall_usd),
                    plain("upkeep a year", &f.hall_upkeep_per_year, Unit::Fraction),
                ],
                f.hall_upkeep_per_year.source(),
            ),
        };
        let staff = match money.staff_usd_per_year {
            Some(_) => ("as asked", Vec::new(), Vec::new()),
            None => (
                "accelerators ÷ accelerators of one engineer × pay",
                vec![
                    accelerators(),
                    plain("accelerators of one engineer", &f.accelerators_per_engineer, Unit::One),
                    plain("pay a year", &f.engineer_usd_per_year, Unit::Usd),
                ],
                vec![f.accelerators_per_engineer.source().to_owned()],
            ),
        };
        vec![
            (
                "energy_usd_per_year",
                "Energy, a year",
                buy.energy_usd_per_year,
                "energy × price",
                vec![
                    Input::made(
                        "energy of a year, kWh",
                        self.power.energy_kwh_per_year,
                        Unit::One,
                        "power.energy_kwh_per_year",
                    ),
                    Input::plain("electricity", self.site.usd_per_kwh, Unit::UsdPerKwh),
                ],
                Vec::new(),
            ),
            (
                "space_usd_per_year",
                "Space, a year",
                buy.space_usd_per_year,
                space.0,
                space.1,
                vec![space.2.to_owned()],
            ),
            (
                "maintenance_usd_per_year",
                "Maintenance, a year",
                buy.maintenance_usd_per_year,
                "servers × share: support contracts and spare parts",
                vec![
                    made("servers_usd", "Servers", buy.servers_usd),
                    plain("share a year", &f.maintenance_per_year, Unit::Fraction),
                ],
                vec![f.maintenance_per_year.source().to_owned()],
            ),
            ("staff_usd_per_year", "Staff, a year", buy.staff_usd_per_year, staff.0, staff.1, staff.2),
            (
                "software_usd_per_year",
                "Software, a year",
                buy.software_usd_per_year,
                "accelerators × licence",
                vec![
                    accelerators(),
                    Input::plain("licence a year", money.software_usd_per_accelerator_year, Unit::Usd),
                ],
                Vec::new(),
            ),
        ]
    }

    /// Notes when buying has paid off, if it does.
    pub(in crate::engine) fn explain_breakeven(&self, buy: &Buy, recorder: &mut impl Recorder) {
        let Some(months) = buy.breakeven_months else { return };
        recorder.note(|| {
            Step::derived(
                "cost.buy.breakeven_months",
                "Months until buying has cost less than renting",
                (months, Unit::Months),
                "purchase ÷ (rent of a month − a twelfth of the yearly cost of owning)",
                vec![
                    made("capex_usd", "Purchase", buy.capex_usd),
                    made("opex_usd_per_year", "Owning, a year", buy.opex_usd_per_year),
                ],
            )
        });
    }
}

fn made(field: &'static str, label: &'static str, value: f64) -> Input {
    Input::made(label, value, Unit::Usd, format!("cost.buy.{field}"))
}

fn plain(label: &'static str, figure: &Figure, unit: Unit) -> Input {
    Input::plain(label, figure.value(), unit)
}
