//! What can go wrong with a call to Slack, sorted by what can be done about it.

use std::{error::Error, fmt, time::Duration};

/// Slack never asks us to wait longer; whoever does would keep everything back.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// What can go wrong with a call, by what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// No bot token is set.
    NoToken,
    /// The app is not installed in the workspace, as far as we know.
    NotInstalled,
    /// The address is not one of Slack's.
    ForeignAddress,
    /// The app is no longer installed, or the token is wrong.
    InstallationDead(String),
    /// The token must be renewed.
    TokenExpired,
    /// An administrator must allow something first.
    Permission(String),
    /// The channel, person or message is out of reach.
    Place(String),
    /// The ticket, code or address has expired or was used.
    TooLate(String),
    /// Slack refused what was sent: our mistake.
    Refused(String),
    /// Try again, not before so long when Slack said so.
    Transient {
        /// What was asked for; `asked_wait` is what is kept to.
        retry_after: Option<Duration>,
        /// The call may have had its effect all the same.
        in_doubt: bool,
    },
}

impl ApiError {
    /// Whether the call may have had its effect all the same.
    pub(super) const fn may_have_arrived(&self) -> bool {
        matches!(self, Self::Transient { in_doubt: true, .. })
    }

    /// How long to wait because Slack asks us to, within reason.
    pub(super) fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Transient { retry_after, .. } => retry_after.map(|wait| wait.min(LONGEST_WAIT)),
            _ => None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => formatter.write_str("SLACK_BOT_TOKEN is not set"),
            Self::NotInstalled => formatter.write_str(
                "the app is not installed in that workspace; whoever manages it opens /slack/install of this server",
            ),
            Self::ForeignAddress => formatter.write_str("the address is not one of Slack's"),
            Self::InstallationDead(code) => {
                write!(formatter, "the app is not installed or its token is wrong ({code})")
            }
            Self::TokenExpired => formatter.write_str("the bot token has expired"),
            Self::Permission(code) => write!(formatter, "the app may not do that ({code})"),
            Self::Place(code) => write!(formatter, "the place is out of reach ({code})"),
            Self::TooLate(code) => write!(formatter, "too late ({code})"),
            Self::Refused(code) => write!(formatter, "Slack refused the request ({code})"),
            Self::Transient { .. } => formatter.write_str("Slack cannot be reached right now"),
        }
    }
}

impl Error for ApiError {}

/// No answer, or none that can be read: nobody knows what became of the call.
pub(super) const UNCLEAR: ApiError = ApiError::Transient { retry_after: None, in_doubt: true };

/// Which class an error code belongs to. New codes appear all the time and are taken for our mistake.
pub(super) fn classify(code: &str, messages: &[String]) -> ApiError {
    let code = code.to_owned();
    match &*code {
        "account_inactive"
        | "token_revoked"
        | "invalid_auth"
        | "not_authed"
        | "team_access_not_granted"
        | "user_removed_from_team"
        | "team_disabled"
        | "invalid_refresh_token" => ApiError::InstallationDead(code),
        "token_expired" => ApiError::TokenExpired,
        "missing_scope"
        | "not_allowed_token_type"
        | "no_permission"
        | "restricted_action"
        | "ekm_access_denied"
        | "access_denied"
        | "accesslimited"
        | "enterprise_is_restricted"
        | "two_factor_setup_required"
        | "messages_tab_disabled"
        | "cant_update_message"
        | "edit_window_closed"
        | "cannot_reply_to_message" => ApiError::Permission(code),
        "channel_not_found"
        | "not_in_channel"
        | "user_not_in_channel"
        | "is_archived"
        | "thread_not_found"
        | "message_not_found"
        | "user_not_found"
        | "user_not_visible" => ApiError::Place(code),
        "expired_trigger_id"
        | "exchanged_trigger_id"
        | "invalid_trigger_id"
        | "trigger_expired"
        | "trigger_exchanged"
        | "hash_conflict"
        | "invalid_code"
        | "code_already_used"
        | "expired_url"
        | "used_url" => ApiError::TooLate(code),
        // The same, in other words; only the message tells.
        "invalid_arguments" if messages.iter().any(|text| text.contains("trigger_id")) => ApiError::TooLate(code),
        "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" => UNCLEAR,
        "ratelimited" | "rate_limited" | "team_added_to_org" | "org_login_required" => {
            ApiError::Transient { retry_after: None, in_doubt: false }
        }
        _ => ApiError::Refused(code),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ApiError, UNCLEAR, classify};

    #[test]
    fn slacks_own_pause_is_kept_within_reason() {
        let asked = |seconds| {
            let retry_after = Some(Duration::from_secs(seconds));
            ApiError::Transient { retry_after, in_doubt: false }.asked_wait()
        };
        assert_eq!(asked(30), Some(Duration::from_secs(30)));
        assert_eq!(asked(1_000_000), Some(Duration::from_secs(900)));
        assert_eq!(UNCLEAR.asked_wait(), None);
    }

    #[test]
    fn error_codes_fall_into_classes_by_what_can_be_done() {
        let class = |code: &str| classify(code, &[]);
        assert_eq!(class("token_revoked"), ApiError::InstallationDead("token_revoked".to_owned()));
        assert_eq!(class("token_expired"), ApiError::TokenExpired);
        assert_eq!(class("missing_scope"), ApiError::Permission("missing_scope".to_owned()));
        assert_eq!(class("not_in_channel"), ApiError::Place("not_in_channel".to_owned()));
        assert_eq!(class("expired_trigger_id"), ApiError::TooLate("expired_trigger_id".to_owned()));
        assert_eq!(class("hash_conflict"), ApiError::TooLate("hash_conflict".to_owned()));
        assert_eq!(
            classify("invalid_arguments", &["[ERROR] `trigger_id` expired".to_owned()]),
            ApiError::TooLate("invalid_arguments".to_owned())
        );
        assert_eq!(class("invalid_arguments"), ApiError::Refused("invalid_arguments".to_owned()));
        assert_eq!(class("internal_error"), UNCLEAR);
        assert_eq!(class("brand_new"), ApiError::Refused("brand_new".to_owned()));
    }
}
