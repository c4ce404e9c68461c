//! Where entries hold: everywhere, or only in some places.
//!
//! A place is written as the chat platform's name, the workspace's id and, for one channel of it, the channel's id:
//! `slack:T0123`, `slack:T0123/C0456`. Whoever asks says where that is ([`Location`]), from the widest place to the narrowest.
//! Of the entries that claim the same words, those of the narrowest place are meant there.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// The chat platforms that have places.
const SLACK: &str = "slack";
const TEAMS: &str = "teams";

/// Where something is written or asked: the places around it, the widest first. Nowhere in particular by default; there only
/// what holds everywhere does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Location {
    places: Vec<String>,
    /// Whether people of another company read along. Then what is for own people alone does not count.
    is_among_partners: bool,
}

/// A location as it is written down.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    AmongOurselves(Vec<String>),
    AmongPartners { among_partners: Vec<String> },
}

impl From<Written> for Location {
    fn from(written: Written) -> Self {
        match written {
            Written::AmongOurselves(places) => Self { places, is_among_partners: false },
            Written::AmongPartners { among_partners: places } => Self { places, is_among_partners: true },
        }
    }
}

impl From<Location> for Written {
    fn from(location: Location) -> Self {
        let Location { places, is_among_partners } = location;
        if is_among_partners { Self::AmongPartners { among_partners: places } } else { Self::AmongOurselves(places) }
    }
}

impl Location {
    /// Within these places, the widest first.
    #[must_use]
    pub fn within(places: impl IntoIterator<Item = String>) -> Self {
        Self { places: places.into_iter().collect(), is_among_partners: false }
    }

    /// The same with or without people of another company who read along.
    #[must_use]
    pub fn among_partners(self, are_there: bool) -> Self {
        Self { is_among_partners: are_there, ..self }
    }

    /// Whether people of another company read along.
    #[must_use]
    pub fn is_among_partners(&self) -> bool {
        self.is_among_partners
    }

    /// At a place that somebody wrote: `slack:T0123/C0456` is within `slack:T0123` too.
    ///
    /// # Errors
    /// It is none; the sentence says how one is written.
    pub fn at(place: &str) -> Result<Self, String> {
        match problem(place) {
            Some(problem) => Err(problem),
            None => Ok(Self::around(place)),
        }
    }

    /// At a place that is written as it should be.
    pub(crate) fn around(place: &str) -> Self {
        let workspace = workspace_of(place);
        let narrower = (workspace != place).then_some(place);
        Self::within([workspace].into_iter().chain(narrower).map(str::to_owned))
    }

    /// Whether this is nowhere in particular.
    #[must_use]
    pub fn is_nowhere(&self) -> bool {
        self.places.is_empty() && !self.is_among_partners
    }

    /// The places around it, the widest first.
    #[must_use]
    pub fn places(&self) -> &[String] {
        &self.places
    }
}

/// The workspace that a place lies in, or is.
#[must_use]
pub fn workspace_of(place: &str) -> &str {
    place.split_once('/').map_or(place, |(workspace, _)| workspace)
}

/// What is wrong with a place that somebody wrote, as a sentence that says how one is written.
#[must_use]
pub fn problem(place: &str) -> Option<String> {
    let is_id = |id: &str, fits: &dyn Fn(char) -> bool| !id.is_empty() && id.chars().all(fits);
    let is_place = place.split_once(':').is_some_and(|(platform, ids)| {
        let (workspace, channel) = ids.split_once('/').map_or((ids, None), |(workspace, id)| (workspace, Some(id)));
        match platform {
            SLACK => {
                let fits = |sign: char| sign.is_ascii_uppercase() || sign.is_ascii_digit();
                is_id(workspace, &fits) && channel.is_none_or(|channel| is_id(channel, &fits))
            }
            TEAMS => {
                // Tenants are named in lower case, and of the ids of teams and channels no letter may be changed.
                let fits = |sign: char| sign.is_ascii_graphic() && !matches!(sign, ',' | '/' | ';');
                is_id(workspace, &|sign| fits(sign) && !sign.is_ascii_uppercase())
                    && channel.is_none_or(|channel| is_id(channel, &fits))
            }
            _ => false,
        }
    });
    (!is_place).then(|| {
        format!(
            "{place:?} is no place; write slack:T0123 for a workspace, slack:T0123/C0456 for a channel, teams:TENANT, or \
             teams:TENANT/ID for a team or channel"
        )
    })
}

/// Whether what holds in `wide` holds wherever `narrow` does. Without places it is everywhere.
#[must_use]
pub fn reaches<P: AsRef<str>>(wide: &[P], narrow: &[P]) -> bool {
    let is_in = |inner: &str| wide.iter().any(|outer| outer.as_ref() == inner || outer.as_ref() == workspace_of(inner));
    wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|place| is_in(place.as_ref()))
}

/// Whether two scopes are equally narrow somewhere, so that nothing decides there between what they hold for.
#[must_use]
pub fn meet<P: AsRef<str>>(one: &[P], other: &[P]) -> bool {
    let shared = |place: &P| other.iter().any(|theirs| theirs.as_ref() == place.as_ref());
    one.is_empty() && other.is_empty() || one.iter().any(shared)
}

/// Number of the scope of what holds everywhere.
const EVERYWHERE: u32 = 0;

/// The scopes of all entries: each list of places once.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    /// By position of the entry; empty as long as every entry holds everywhere.
    of: Vec<u32>,
    /// Lists of places, by number less one.
    lists: Vec<Box<[Box<str>]>>,
    /// In which lists a place stands.
    places: FxHashMap<Box<str>, Vec<u32>>,
    /// By position of an entry, the scopes in which it is left out.
    left_out: FxHashMap<usize, Vec<u32>>,
}

impl Scopes {
    /// Notes where the entry at a position holds.
    pub(super) fn put(&mut self, position: usize, places: Box<[Box<str>]>) {
        if places.is_empty() {
            return;
        }
        let number = self.number(places);
        if self.of.len() <= position {
            self.of.resize(position + 1, EVERYWHERE);
        }
        if let Some(scope) = self.of.get_mut(position) {
            *scope = number;
        }
    }

    /// Notes that an entry is left out wherever another one holds, which holds in some places only.
    pub(super) fn leave_out(&mut self, position: usize, wherever: usize) {
        if let Some(scope) = self.of.get(wherever).filter(|scope| **scope != EVERYWHERE) {
            self.left_out.entry(position).or_default().push(*scope);
        }
    }

    fn number(&mut self, places: Box<[Box<str>]>) -> u32 {
        let known = places.first().and_then(|first| self.places.get(first)).into_iter().flatten();
        let same = |number: &&u32| self.list(**number) == &*places;
        if let Some(number) = known.into_iter().find(same) {
            return *number;
        }
        let number = u32::try_from(self.lists.len() + 1).unwrap_or(u32::MAX);
        for place in &places {
            self.places.entry(place.clone()).or_default().push(number);
        }
        self.lists.push(places);
        number
    }

    fn list(&self, number: u32) -> &[Box<str>] {
        let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        at.and_then(|at| self.lists.get(at)).map_or(&[], |places| places)
    }

    /// Whether every entry holds everywhere.
    pub(super) fn are_none(&self) -> bool {
        self.of.is_empty()
    }

    /// The places in which the entry at a position holds; none for everywhere.
    pub(super) fn places_of(&self, position: usize) -> &[Box<str>] {
        self.of.get(position).map_or(&[], |number| self.list(*number))
    }

    /// What can be seen from a location.
    pub(super) fn seen_from(&self, location: &Location) -> Sight {
        let is_among_partners = location.is_among_partners();
        let mut seen: Vec<(u32, Narrowness)> = Vec::new();
        if self.are_none() {
            return Sight { seen, is_among_partners };
        }
        for (place, narrowness) in location.places().iter().zip(1..) {
            for &number in self.places.get(place.as_str()).into_iter().flatten() {
                match seen.iter_mut().find(|(known, _)| *known == number) {
                    Some((_, known)) => *known = narrowness,
                    None => seen.push((number, narrowness)),
                }
            }
        }
        Sight { seen, is_among_partners }
    }

    /// How narrow the place is for which an entry holds here; `None` when it does not.
    pub(super) fn narrowness(&self, position: usize, sight: &Sight) -> Option<Narrowness> {
        let is_seen = |scope: &u32| sight.seen.iter().any(|(seen, _)| seen == scope);
        if !self.left_out.is_empty() && self.left_out.get(&position).is_some_and(|scopes| scopes.iter().any(is_seen)) {
            return None;
        }
        match self.of.get(position) {
            None | Some(&EVERYWHERE) => Some(0),
            Some(number) => sight.seen.iter().find(|(seen, _)| seen == number).map(|(_, narrowness)| *narrowness),
        }
    }
}

/// How narrow a place is, counted from 0, which is everywhere.
pub(crate) type Narrowness = u8;

/// The scopes that hold at a location, few in number. Computed once for each call. Where it is the same, so is everything that can be
/// seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Sight {
    seen: Vec<(u32, Narrowness)>,
    is_among_partners: bool,
}

impl Sight {
    /// Whether people of another company read along.
    pub(super) fn is_among_partners(&self) -> bool {
        self.is_among_partners
    }
}

#[cfg(test)]
mod tests {
    use super::{Location, Scopes, meet, problem, reaches};

    #[test]
    fn a_place_is_a_platform_a_workspace_and_perhaps_a_channel() {
        for place in
            ["slack:T0123", "slack:T0123/C0456", "slack:E0123", "teams:5c8e-7a", "teams:5c8e/19:aB_c@thread.tacv2"]
        {
            assert_eq!(problem(place), None, "{place}");
        }
        for place in [
            "",
            "T0123",
            "slak:T0123",
            "slack:",
            "slack:T0123/",
            "slack:T0123/C1/C2",
            "slack:t0123",
            "slack: T0123",
            "slack:T1,T2",
        ] {
            assert!(problem(place).is_some_and(|told| told.contains("write slack:T0123")), "{place}");
        }
        assert_eq!(Location::at("slack:T1/C2").unwrap().places(), ["slack:T1", "slack:T1/C2"]);
        assert_eq!(Location::at("slack:T1").unwrap().places(), ["slack:T1"]);
        assert!(Location::default().is_nowhere());
    }

    #[test]
    fn the_narrowest_place_of_a_scope_counts() {
        let mut scopes = Scopes::default();
        let list = |places: &[&str]| places.iter().map(|place| Box::from(*place)).collect::<Box<[Box<str>]>>();
        assert!(scopes.are_none());
        for (position, places) in
            [&[][..], &["slack:T1"], &["slack:T2/C1", "slack:T1"], &["slack:T1/C1"], &["slack:T1"]].iter().enumerate()
        {
            scopes.put(position, list(places));
        }
        let seen = |location: &Location| {
            let sight = scopes.seen_from(location);
            (0..6).map(|position| scopes.narrowness(position, &sight)).collect::<Vec<_>>()
        };
        assert_eq!(seen(&Location::default()), [Some(0), None, None, None, None, Some(0)]);
        let at = |place: &str| seen(&Location::at(place).unwrap());
        assert_eq!(at("slack:T1"), [Some(0), Some(1), Some(1), None, Some(1), Some(0)]);
        assert_eq!(at("slack:T1/C1"), [Some(0), Some(1), Some(1), Some(2), Some(1), Some(0)]);
        assert_eq!(at("slack:T2/C1"), [Some(0), None, Some(2), None, None, Some(0)]);
        assert_eq!(at("slack:T12/C1"), [Some(0), None, None, None, None, Some(0)]);
        assert_eq!(scopes.places_of(3).len(), 1);
    }

    #[test]
    fn a_location_is_written_down_as_before_unless_partners_read_along() {
        let inside = Location::at("slack:T1/C2").unwrap();
        let outside = inside.clone().among_partners(true);
        for (location, json) in [
            (Location::default(), "[]"),
            (inside, r#"["slack:T1","slack:T1/C2"]"#),
            (outside, r#"{"among_partners":["slack:T1","slack:T1/C2"]}"#),
        ] {
            assert_eq!(serde_json::to_string(&location).unwrap(), json);
            assert_eq!(serde_json::from_str::<Location>(json).unwrap(), location);
        }
    }

    #[test]
    fn a_scope_reaches_what_lies_in_it() {
        for (wide, narrow, expected) in [
            (&[][..], &["slack:T1"][..], true),
            (&["slack:T1"], &[], false),
            (&["slack:T1"], &["slack:T1/C1", "slack:T1"], true),
            (&["slack:T1/C1"], &["slack:T1"], false),
            (&["slack:T1"], &["slack:T12/C1"], false),
            (&["slack:T1", "teams:a"], &["teams:a/b", "slack:T1"], true),
        ] {
            assert_eq!(reaches(wide, narrow), expected, "{wide:?} {narrow:?}");
        }
        assert!(meet::<&str>(&[], &[]) && meet(&["a", "b"], &["b"]) && !meet(&["a"], &["a/b"]) && !meet(&["a"], &[]));
    }
}
