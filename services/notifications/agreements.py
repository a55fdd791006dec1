"""What mails about agreements say: admissions, terms, approvals of markets, consents. `writing` makes the mails."""

from datetime import timedelta
from typing import Any, NamedTuple

from contracts.agreements import AdmissionChanged, ApprovalChanged, TermsChanged
from contracts.consents import ConsentChanged, ConsentEnding
from contracts.members import RightGiven
from contracts.wall import HOME_ZONE
from services.notifications import formats, rules
from services.notifications.rules import Kind
from services.notifications.store import Claimed


class Said(NamedTuple):
    """By which template, with which words, about what, and in which market's name."""

    template: str
    words: dict[str, Any]
    about: str
    sender: str


def admission(message: Claimed, _: str, public_url: str) -> Said:
    """What a farm or a market said, for the other side."""
    event = AdmissionChanged.model_validate_json(message.content)
    path = rules.FARM_MARKET_PATH if event.by_market else rules.MARKET_FARMS_PATH
    return _of_farm("admission", event, public_url + path.format(**event.model_dump()))


def terms(message: Claimed, _: str, public_url: str) -> Said:
    """What a farm is to accept again."""
    event = TermsChanged.model_validate_json(message.content)
    return _of_farm("terms", event, public_url + rules.FARM_MARKET_PATH.format(**event.model_dump()))


def approval(message: Claimed, _: str, public_url: str) -> Said:
    """How a market's approval stands, for its organisers or for operators."""
    event = ApprovalChanged.model_validate_json(message.content)
    operates = message.kind is Kind.APPROVAL_AS_OPERATOR
    path = rules.APPROVALS_PATH if operates else rules.DESK_PATH
    words = {"event": event, "operates": operates, "link": public_url + path.format(**event.model_dump(mode="json"))}
    return Said("approval", words, f"market {event.market_id}", "" if operates else event.market_name)


def consent(message: Claimed, language: str, public_url: str) -> Said:
    """How a consent stands, for its consumer or its mediator; each reads the other's name."""
    event, stage = _consent_and_stage(message)
    is_consumer = message.person_id == event.consumer_id
    words = {
        "stage": stage,
        "is_consumer": is_consumer,
        "other": message.named,
        "until": formats.calendar_day(event.valid_until.date(), language),
        "link": public_url + (rules.CONSUMER_PATH if is_consumer else rules.MEDIATOR_PATH),
    }
    return Said("consent", words, f"consent {event.consent_id}", "")


def right_given(message: Claimed, language: str, public_url: str) -> Said:
    """What somebody may do from now on, until which day, and who says so."""
    event = RightGiven.model_validate_json(message.content)
    last = event.valid_until - timedelta(microseconds=1) if event.valid_until else None
    words = {
        "right": event.right,
        "of": event.name,
        "by": message.named,
        "until": formats.day(last, HOME_ZONE, language) if last else "",
        "link": public_url + rules.RIGHT_PATHS.get(event.right, rules.ENTRUSTED_PATH),
    }
    return Said("right", words, f"grant {event.grant_id}", "")


def _consent_and_stage(message: Claimed) -> tuple[ConsentChanged | ConsentEnding, str]:
    if message.kind is Kind.CONSENT_ENDING:
        ending = ConsentEnding.model_validate_json(message.content)
        return ending, "ended" if ending.over else "ending"
    changed = ConsentChanged.model_validate_json(message.content)
    return changed, "ended" if changed.ended_at else "given"


def _of_farm(template: str, event: AdmissionChanged | TermsChanged, link: str) -> Said:
    about = f"market {event.market_id} producer {event.producer_id}"
    return Said(template, {"event": event, "link": link}, about, event.market_name)


OF_KIND = {
    Kind.ADMISSION: admission,
    Kind.TERMS: terms,
    Kind.APPROVAL: approval,
    Kind.APPROVAL_AS_OPERATOR: approval,
    Kind.CONSENT: consent,
    Kind.CONSENT_ENDING: consent,
    Kind.RIGHT_GIVEN: right_given,
}
