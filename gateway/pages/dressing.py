"""What templates may use: texts, numbers and times as people read them, tokens of forms, assets."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, wraps
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from jinja2 import pass_context
from jinja2.runtime import Context

from contracts.members import Right
from gateway import asking, session
from gateway.pages import acting, branding, formats, languages, numbers, sentences, site, words

STATIC = Path(__file__).resolve().parent.parent / "static"
YEAR = 365 * 24 * 3600

FILTERS: tuple[Callable[..., str], ...] = (
    formats.money, formats.quantity, formats.percent, formats.kilometres, words.word,
    formats.day, formats.short_day, formats.calendar_day, formats.hour, formats.moment, formats.short_moment,
    formats.until, formats.slot,
)  # fmt: skip


def dress(app: Flask) -> None:
    """Prepare the templates of an application."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: languages.texts().gettext(text),
        lambda one, many, number: languages.texts().ngettext(one, many, number),
        newstyle=True,
    )
    environment.filters |= {function.__name__: _spoken(function) for function in FILTERS}
    environment.globals.update(
        asset=asset,
        choices=words.choices,
        span=formats.span,
        zone_words=formats.zone_words,
        per_unit=formats.per_unit,
        net_price=formats.net_price,
        typed_measure=numbers.typed_measure,
        typed_cents=numbers.typed_cents,
        now=lambda: datetime.now(UTC),
        has_right=site.has_right,
        new_key=asking.new_key,
        photo_url=photo_url,
        csrf_token=session.csrf_token,
        language_names=languages.NAMES,
        fault_of=sentences.of_field,
    )
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    app.context_processor(_around)


def _spoken(function: Callable[..., str]) -> Callable[..., str]:
    """A filter that is asked at every showing: of a constant Jinja would keep what was said in the first language."""

    @pass_context
    @wraps(function)
    def said(_context: Context, *values: Any, **more: Any) -> str:
        return function(*values, **more)

    return said


@cache
def asset(name: str) -> str:
    """The address of a file of ours, which changes whenever the file does."""
    digest = hashlib.blake2b((STATIC / name).read_bytes(), digest_size=6).hexdigest()
    return url_for("static", filename=name, v=digest)


def photo_url(photo: str, size: str) -> str:
    """The address of a photo that a farm keeps."""
    return f"/api/v1/photos/{photo}/{size}"


def _around() -> dict[str, Any]:
    """What every page knows: who looks at it, in which language, what was just done."""
    identity = session.visitor().identity
    held = {right.right for right in identity.rights} if identity else set()
    return {
        "identity": identity,
        "brand": branding.here(),
        "language": languages.spoken(),
        "sells": Right.SELL in held,
        "organises": Right.ORGANISE in held,
        "is_entrusted": not held.isdisjoint((Right.HANDOVER, Right.TREASURY)),
        "mediates": Right.MEDIATE in held,
        "operates": Right.OPERATE in held,
        "lends": Right.LEND in held,
        "acting": acting.shown(),
        "home": acting.at_home(),
        "accounts": Right.ACCOUNT in held,
        "said": request.args.get("said", ""),
        "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
    }
