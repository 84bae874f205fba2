//! Separators of thousands and decimals: a matter of where the reader is from.

use serde::{Deserialize, Serialize};

/// How numbers are written for users. What is kept in files, and what is given to scripts, is always written as in `Comma`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separators {
    /// 1,234.5
    #[default]
    Comma,
    /// 1.234,5
    Point,
    /// 1 234,5, the space narrow and without a break
    Space,
    /// 1’234.5
    Apostrophe,
}

/// Languages (ISO 639) that write 1.234,5. This and what follows: Unicode CLDR, `numbers`, as in Babel 2.18.
const POINT: [&str; 22] = [
    "az", "bs", "ca", "da", "de", "el", "es", "eu", "fo", "gl", "hr", "id", "is", "it", "mk", "nl", "pt",
    "ro", "sl", "sr", "tr", "vi",
];
/// Languages that write 1 234,5.
const SPACE: [&str; 23] = [
    "af", "be", "bg", "cs", "et", "fi", "fr", "hu", "hy", "ka", "kk", "ky", "lt", "lv", "nb", "nn", "no",
    "pl", "ru", "sk", "sq", "sv", "uk",
];
/// Countries (ISO 3166) that write 1’234.5 in German and Italian, and those that write 1,234.5 in Spanish.
const APOSTROPHE_COUNTRIES: [&str; 2] = ["CH", "LI"];
const COMMA_COUNTRIES: [&str; 10] = ["MX", "GT", "HN", "SV", "NI", "PA", "DO", "PR", "PE", "US"];

impl Separators {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Comma, Self::Point, Self::Space, Self::Apostrophe];

    /// Between thousands.
    pub fn group(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Point => '.',
            Self::Space => '\u{202f}',
            Self::Apostrophe => '’',
        }
    }

    /// Before decimals.
    pub fn decimal(self) -> char {
        match self {
            Self::Comma | Self::Apostrophe => '.',
            Self::Point | Self::Space => ',',
        }
    }

    /// A number written in them, to choose by.
    pub fn example(self) -> String {
        self.significant(1234.5, 5)
    }

    /// What a locale such as `de_DE.UTF-8` or `fr-CH` writes; commas where it is not known.
    pub fn of_locale(locale: &str) -> Self {
        let mut parts = locale.split(['_', '-', '.', '@']);
        let language = parts.next().unwrap_or_default().to_lowercase();
        let country = parts.next().unwrap_or_default();
        match language.as_str() {
            "de" | "it" if APOSTROPHE_COUNTRIES.contains(&country) => Self::Apostrophe,
            "pt" if country == "PT" => Self::Space,
            "es" if COMMA_COUNTRIES.contains(&country) => Self::Comma,
            language if POINT.contains(&language) => Self::Point,
            language if SPACE.contains(&language) => Self::Space,
            _ => Self::Comma,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_are_known_by_language_and_country() {
        for (locale, separators) in [
            ("en_US.UTF-8", Separators::Comma),
            ("C.UTF-8", Separators::Comma),
            ("de_DE.UTF-8", Separators::Point),
            ("de-CH", Separators::Apostrophe),
            ("de_AT", Separators::Point),
            ("fr_FR@euro", Separators::Space),
            ("fr_CH.UTF-8", Separators::Space),
            ("es_MX", Separators::Comma),
            ("es_ES", Separators::Point),
            ("pt_BR", Separators::Point),
            ("ja_JP", Separators::Comma),
            ("", Separators::Comma),
        ] {
            assert_eq!(Separators::of_locale(locale), separators, "{locale}");
        }
    }
}
