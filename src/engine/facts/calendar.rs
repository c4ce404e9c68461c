//! The names of days and months, in lower case.

/// Days of the week.
pub(crate) const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Time zones as people write them behind an hour, where they may stand apart from it.
#[rustfmt::skip]
pub(crate) const ZONES: [&str; 12] = [
    "utc", "gmt", "est", "edt", "pst", "pdt", "cst", "cdt", "mst", "mdt", "cet", "cest",
];

/// Months.
#[rustfmt::skip]
pub(crate) const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
];
