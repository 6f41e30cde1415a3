"""What goes wrong at the HTTP edge itself; everything deeper is raised by the room it happens in."""

from __future__ import annotations

from collections.abc import Sequence


class EdgeError(Exception):
    """A request that is refused before any room is asked. ``code`` is stable, ``detail`` is for people."""

    code = "request.refused"

    def __init__(self, detail: str, problems: Sequence[dict[str, str]] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = list(problems)


class MalformedBody(EdgeError):
    """The body is not the JSON that was asked for."""

    code = "request.malformed_body"


class BodyTooLarge(EdgeError):
    """The body is longer than is accepted."""

    code = "request.too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The body is larger than {limit // (1024 * 1024)} MB. Send fewer documents in one request."
        )


class ParameterRefused(EdgeError):
    """A query parameter that is unknown, or whose value cannot be read."""

    code = "request.parameter_refused"

    def __init__(self, name: str, message: str, hint: str = "") -> None:
        problem = {"code": self.code, "path": f"query.{name}", "message": message, "hint": hint}
        super().__init__(message, [problem])


class HeaderRefused(EdgeError):
    """A header whose value cannot be read."""

    code = "request.header_refused"


class VersionMissing(EdgeError):
    """A change that does not say which version it changes."""

    code = "request.version_missing"

    def __init__(self) -> None:
        super().__init__(
            'Say which version you change: send "version" in the body or the header If-Match '
            "with the ETag you were given."
        )


class RouteUnknown(EdgeError):
    """No fixed route and no doctype answers under this address."""

    code = "request.route_unknown"
