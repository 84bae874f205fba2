//! What a figure is, and the macro that declares a section of the list.

use super::trust::Trust;
use crate::units::Unit;

/// What more of a figure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// It is to be large.
    Better,
    /// It is to be small.
    Worse,
    /// Neither is to be wished for.
    Neither,
}

/// One figure of a plan, declared once.
#[derive(Debug)]
pub struct Figure {
    /// Its key in the section's JSON object.
    pub field: &'static str,
    /// Its name, as tables and documents show it.
    pub label: &'static str,
    /// Its name where others of its kind stand beside it: legends, axes, the heads of columns.
    pub short: &'static str,
    /// What it counts, and so the digits it is shown with.
    pub unit: Unit,
    /// What more of it means.
    pub more: More,
}

/// How a figure is made: a function of its terms, which is also its text.
#[derive(Debug)]
pub struct Formula {
    /// Name and unit of what it makes; empty for what is taken over as it is.
    pub label: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// The function as written in the code.
    pub code: &'static str,
    /// Name and unit of each term, in the order of the function.
    pub terms: &'static [(&'static str, Unit)],
    /// The function; not a number where the count of terms is wrong.
    pub value: fn(&[f64]) -> f64,
    /// What the formula does not show: what it assumes, leaves out, or chooses among.
    pub note: &'static str,
    /// Citations of the literature.
    pub sources: &'static [&'static str],
    /// It is never to be trusted further than this, whatever its terms are.
    pub at_best: Trust,
}

impl PartialEq for Formula {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// The formula of a figure that is taken over as it is.
pub(crate) static SAME: Formula = Formula {
    label: "",
    unit: Unit::One,
    code: "value",
    terms: &[("value", Unit::One)],
    value: |terms| if let [value] = *terms { value } else { f64::NAN },
    note: "",
    sources: &[],
    at_best: Trust::Given,
};

/// What a section holds under a name: a figure, a flag, or one value of a fixed list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entry {
    /// A figure in its unit.
    Number(f64),
    /// Whether something holds.
    Flag(bool),
    /// One value of a fixed list.
    Word(&'static str),
    /// There is none, such as a break-even that is never reached.
    Nothing,
}

impl From<f64> for Entry {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<u32> for Entry {
    fn from(value: u32) -> Self {
        Self::Number(f64::from(value))
    }
}

impl From<bool> for Entry {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<Option<f64>> for Entry {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Self::Nothing, Self::Number)
    }
}

/// Declares a section of the plan: its struct, its figures, and the formulas that make them.
///
/// A figure that is in the struct is in the list; one that is not does not exist. Each formula becomes a function of
/// the section's module that evaluates the formula, lets the recorder note the step, and gives the number with its
/// origin. The text of a formula is its code.
macro_rules! figures {
    (
        $(#[$doc:meta])*
        pub struct $Section:ident in $module:ident $(at $place:literal)? {
            $(
                $(#[$field_doc:meta])*
                $field:ident: $type:ty, $label:literal $(short $short:literal)?, $unit:ident, $more:ident $({
                    $(
                        $function:ident($($term:ident: $term_unit:ident),* $(,)?) = $value:expr
                        $(, note $note:literal)? $(, cite $source:literal)* $(, at best $at_best:ident)?;
                    )*
                })?
            )*
        }
        $(states {
            $( $(#[$state_doc:meta])* $state:ident: $state_type:ty = $to_entry:expr; )*
        })?
        $(beside {
            $( $(#[$beside_doc:meta])* $beside:ident: $beside_type:ty; )*
        })?
        $(steps {
            $(
                $step:ident, $step_label:literal, $step_unit:ident {
                    $(
                        $step_function:ident($($step_term:ident: $step_term_unit:ident),* $(,)?) = $step_value:expr
                        $(, note $step_note:literal)? $(, cite $step_source:literal)*
                        $(, at best $step_at_best:ident)?;
                    )*
                }
            )*
        })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Section {
            $(
                #[doc = concat!($label, ".")]
                $(#[$field_doc])*
                pub $field: $type,
            )*
            $($(
                #[doc = concat!("`", stringify!($state), "` of the section.")]
                $(#[$state_doc])*
                pub $state: $state_type,
            )*)?
            $($(
                $(#[$beside_doc])*
                pub $beside: $beside_type,
            )*)?
        }

        impl $Section {
            /// The figures of this section, in their order.
            pub const FIGURES: &'static [$crate::engine::figures::Figure] = &[
                $( $crate::engine::figures::Figure {
                    field: stringify!($field),
                    label: $label,
                    short: $crate::engine::figures::figure::figures!(@short $label $($short)?),
                    unit: $crate::units::Unit::$unit,
                    more: $crate::engine::figures::More::$more,
                }, )*
            ];

            /// Everything it holds, by name: the figures in the order of the list, then words and flags.
            pub fn entries(&self, visit: &mut dyn FnMut(&'static str, $crate::engine::figures::Entry)) {
                $( visit(stringify!($field), self.$field.into()); )*
                $($( visit(stringify!($state), {
                    let entry: fn(&$Section) -> $crate::engine::figures::Entry = $to_entry;
                    entry(self)
                }); )*)?
            }
        }

        #[doc = concat!("The formulas of `", stringify!($module), "`.")]
        pub(crate) mod $module {
            #[allow(unused_imports)] // Not every section needs all of them.
            use $crate::engine::figures::arithmetic::*;
            use $crate::engine::figures::{Number, Origin, Path, Recorder};

            /// Where they are in the plan's document, unless the recorder places them elsewhere.
            pub const SECTION: &str = $crate::engine::figures::figure::figures!(@place $module $($place)?);

            /// Each formula as a function of its terms.
            #[allow(unused_imports)] // Not every section needs all of them.
            mod values {
                use $crate::engine::figures::arithmetic::*;

                $($($(
                    $crate::engine::figures::figure::figures!(@value $function($($term),*) = $value);
                )*)?)*
                $($($(
                    $crate::engine::figures::figure::figures!(
                        @value $step_function($($step_term),*) = $step_value
                    );
                )*)*)?
            }

            #[allow(non_upper_case_globals, unused_imports)] // A formula has the name of its function.
            mod formula {
                use $crate::engine::figures::{Formula, Trust};
                use $crate::units::Unit;

                $($($(
                    $crate::engine::figures::figure::figures!(@formula $label, $unit, $function($($term: $term_unit),*) = $value,
                        [$($note)?], [$($source),*], [$($at_best)?]);
                )*)?)*
                $($($(
                    $crate::engine::figures::figure::figures!(@formula $step_label, $step_unit, $step_function($($step_term: $step_term_unit),*) = $step_value,
                        [$($step_note)?], [$($step_source),*], [$($step_at_best)?]);
                )*)*)?
            }

            $($($(
                $crate::engine::figures::figure::figures!(@function $field, $label, $function($($term),*) = $value);
            )*)?)*
            $($($(
                $crate::engine::figures::figure::figures!(@function $step, $step_label, $step_function($($step_term),*) = $step_value);
            )*)*)?
        }
    };
    (
        steps in $module:ident {
            $(
                $step:ident, $label:literal, $unit:ident {
                    $(
                        $function:ident($($term:ident: $term_unit:ident),* $(,)?) = $value:expr
                        $(, note $note:literal)? $(, cite $source:literal)* $(, at best $at_best:ident)?;
                    )*
                }
            )*
        }
    ) => {
        use $crate::engine::figures::arithmetic::*;
        use $crate::engine::figures::{Number, Origin, Path, Recorder};

        const SECTION: &str = stringify!($module);

        /// Each formula as a function of its terms.
        mod values {
            use $crate::engine::figures::arithmetic::*;

            $($(
                $crate::engine::figures::figure::figures!(@value $function($($term),*) = $value);
            )*)*
        }

        #[allow(non_upper_case_globals)] // A formula has the name of its function.
        mod formula {
            use $crate::engine::figures::{Formula, Trust};
            use $crate::units::Unit;

            $($(
                $crate::engine::figures::figure::figures!(@formula $label, $unit, $function($($term: $term_unit),*) = $value,
                    [$($note)?], [$($source),*], [$($at_best)?]);
            )*)*
        }

        $($(
            $crate::engine::figures::figure::figures!(@function $step, $label, $function($($term),*) = $value);
        )*)*
    };
    (@formula $label:literal, $made:ident, $function:ident($($term:ident: $unit:ident),*) = $value:expr,
        [$($note:literal)?], [$($source:literal),*], [$($at_best:ident)?]) => {
        pub static $function: Formula = Formula {
            label: $label,
            unit: Unit::$made,
            code: stringify!($value),
            terms: &[$( (stringify!($term), Unit::$unit) ),*],
            value: super::values::$function,
            note: concat!($($note)?),
            sources: &[$($source),*],
            at_best: $crate::engine::figures::figure::figures!(@trust $($at_best)?),
        };
    };
    (@short $label:literal) => { $label };
    (@short $label:literal $short:literal) => { $short };
    (@place $module:ident) => { stringify!($module) };
    (@place $module:ident $place:literal) => { $place };
    (@value $function:ident($($term:ident),*) = $value:expr) => {
        pub fn $function(terms: &[f64]) -> f64 {
            if let [$($term),*] = *terms { $value } else { f64::NAN }
        }
    };
    (@trust) => { Trust::Given };
    (@trust $at_best:ident) => { Trust::$at_best };
    (@function $field:ident, $label:literal, $function:ident($($term:ident),*) = $value:expr) => {
        #[doc = concat!($label, ".")]
        #[inline]
        #[allow(clippy::too_many_arguments, reason = "a formula has as many terms as it has")]
        pub fn $function(recorder: &mut impl Recorder, $($term: Number<'_>),*) -> Number<'static> {
            let terms = [$($term),*];
            let value = {
                $( let $term = $term.value; )*
                $value
            };
            let path = recorder.place(Path::new(SECTION, stringify!($field)));
            recorder.note(path, &formula::$function, value, &terms);
            Number { value, origin: Origin::Step(path) }
        }
    };
}
pub(crate) use figures;
