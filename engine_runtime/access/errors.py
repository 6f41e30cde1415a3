"""What the access room refuses. Values only: the HTTP status of each stands in ``engine_runtime.api.errors``."""

from __future__ import annotations


class AccessError(Exception):
    """Base of all refusals of this room; ``code`` is stable, ``detail`` is for people."""

    code = "access.refused"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Forbidden(AccessError):
    """The actor's roles do not allow ``action`` on ``doctype`` (a doctype or report name)."""

    code = "access.forbidden"

    def __init__(self, doctype: str, action: str) -> None:
        super().__init__(
            f'You may not {action} "{doctype}" in this company. '
            "Ask an administrator for a role that allows it."
        )
        self.doctype = doctype
        self.action = action


class CompanyRefused(AccessError):
    """The company asked for is not one of the actor's."""

    code = "access.company_refused"

    def __init__(self, company: str) -> None:
        super().__init__(
            f'You are not a member of company "{company}". '
            "Choose one of the companies listed by /api/auth/me."
        )


class CredentialsRefused(AccessError):
    """Unknown user, wrong password or inactive user: one answer for all, so that names cannot be probed."""

    code = "auth.credentials_refused"

    def __init__(self) -> None:
        super().__init__("User name or password is wrong, or the user is not active.")


class LockedOut(AccessError):
    """Too many failed log-ins of this user from this address."""

    code = "auth.locked_out"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many failed log-ins. Wait {seconds} seconds, then try again.")
        self.seconds = seconds


class TokenRefused(AccessError):
    """A bearer token that is malformed, expired, forged or of a user who is not active any more."""

    code = "auth.token_refused"
