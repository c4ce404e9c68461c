//! The states of one connection, and what leads from one to the next. Pure: it knows no sockets and no time.

use super::frame::Reason;

/// Where a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Slack is asked for an address, and hands are shaken.
    Connecting,
    /// Connected; Slack has not said hello.
    Greeting,
    /// Takes deliveries.
    Live,
    /// A replacement is wanted. Takes deliveries still.
    Leaving,
    /// Acknowledges what it has taken, and takes no more.
    Closing(End),
    /// Over.
    Closed(End),
}

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Another one has taken its place.
    Replaced,
    /// The server stops.
    Stopped,
    /// It broke, or Slack ended it.
    Lost,
    /// Nothing came back any more.
    Dead,
    /// Socket Mode was switched off.
    SwitchedOff,
    /// The app has too many.
    TooMany,
}

/// What happens to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// Hands were shaken.
    Opened,
    /// Slack says hello.
    Hello,
    /// Slack wants it to end.
    Disconnect(Reason),
    /// Slack is silent, or will end it soon by what it said of its lifetime.
    Stale,
    /// Nothing came back for a sign of life that we asked for.
    Dead,
    /// It broke, or Slack ended it.
    Lost,
    /// Its replacement takes deliveries, and has for a while.
    Replaced,
    /// The server stops.
    Stop,
    /// All that was taken is acknowledged.
    Settled,
}

impl State {
    /// The next state. What makes no sense where it happens changes nothing.
    pub(super) const fn after(self, signal: Signal) -> Self {
        match (self, signal) {
            (Self::Closed(end), _) => Self::Closed(end),
            // Who is about to end for a reason ends for that one.
            (Self::Closing(end), Signal::Settled | Signal::Lost | Signal::Dead) => Self::Closed(end),
            (Self::Closing(end), _) => Self::Closing(end),
            (Self::Connecting, Signal::Opened) => Self::Greeting,
            (Self::Connecting, Signal::Stop) => Self::Closed(End::Stopped),
            (Self::Connecting, Signal::Lost) => Self::Closed(End::Lost),
            (Self::Connecting, _) => self,
            (_, Signal::Lost) => Self::Closed(End::Lost),
            (_, Signal::Dead) => Self::Closed(End::Dead),
            (_, Signal::Stop) => Self::Closing(End::Stopped),
            (_, Signal::Disconnect(Reason::SwitchedOff)) => Self::Closing(End::SwitchedOff),
            (_, Signal::Disconnect(Reason::TooMany)) => Self::Closing(End::TooMany),
            (Self::Greeting, Signal::Hello) => Self::Live,
            (Self::Greeting, Signal::Stale | Signal::Disconnect(Reason::Refresh)) => Self::Closing(End::Lost),
            (Self::Live, Signal::Stale | Signal::Disconnect(Reason::Refresh)) => Self::Leaving,
            (Self::Leaving, Signal::Replaced) => Self::Closing(End::Replaced),
            _ => self,
        }
    }

    /// Why it ends, once it does.
    pub(super) const fn end(self) -> Option<End> {
        match self {
            Self::Closing(end) | Self::Closed(end) => Some(end),
            Self::Connecting | Self::Greeting | Self::Live | Self::Leaving => None,
        }
    }

    /// Whether deliveries are taken.
    pub(super) const fn takes_deliveries(self) -> bool {
        matches!(self, Self::Live | Self::Leaving)
    }
}

#[cfg(test)]
mod tests {
    use super::{End, Reason, Signal, State};

    const SIGNALS: [Signal; 11] = [
        Signal::Opened,
        Signal::Hello,
        Signal::Disconnect(Reason::Refresh),
        Signal::Disconnect(Reason::SwitchedOff),
        Signal::Disconnect(Reason::TooMany),
        Signal::Stale,
        Signal::Dead,
        Signal::Lost,
        Signal::Replaced,
        Signal::Stop,
        Signal::Settled,
    ];

    #[test]
    fn every_signal_in_every_state_leads_where_it_should() {
        use State::{Closed, Closing, Connecting, Greeting, Leaving, Live};
        let (off, many) = (Closing(End::SwitchedOff), Closing(End::TooMany));
        let (lost, dead, stop) = (Closed(End::Lost), Closed(End::Dead), Closing(End::Stopped));
        for (state, expected) in [
            (
                Connecting,
                [
                    Greeting,
                    Connecting,
                    Connecting,
                    Connecting,
                    Connecting,
                    Connecting,
                    Connecting,
                    lost,
                    Connecting,
                    Closed(End::Stopped),
                    Connecting,
                ],
            ),
            (
                Greeting,
                [
                    Greeting,
                    Live,
                    Closing(End::Lost),
                    off,
                    many,
                    Closing(End::Lost),
                    dead,
                    lost,
                    Greeting,
                    stop,
                    Greeting,
                ],
            ),
            (Live, [Live, Live, Leaving, off, many, Leaving, dead, lost, Live, stop, Live]),
            (
                Leaving,
                [Leaving, Leaving, Leaving, off, many, Leaving, dead, lost, Closing(End::Replaced), stop, Leaving],
            ),
            (
                stop,
                [
                    stop,
                    stop,
                    stop,
                    stop,
                    stop,
                    stop,
                    Closed(End::Stopped),
                    Closed(End::Stopped),
                    stop,
                    stop,
                    Closed(End::Stopped),
                ],
            ),
            (lost, [lost; 11]),
        ] {
            for (signal, expected) in SIGNALS.into_iter().zip(expected) {
                assert_eq!(state.after(signal), expected, "{state:?} after {signal:?}");
            }
        }
    }

    #[test]
    fn deliveries_are_taken_between_hello_and_the_end() {
        let taking = [State::Live, State::Leaving];
        let others = [State::Connecting, State::Greeting, State::Closing(End::Stopped), State::Closed(End::Lost)];
        assert!(taking.into_iter().all(State::takes_deliveries));
        assert!(!others.into_iter().any(State::takes_deliveries));
    }
}
