"""Farms: registered by whoever sells for them, kept by catalog."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from contracts.catalog import Limit, ShareRule, Title
from contracts.identity import Insee
from contracts.members import Right
from contracts.messages import Command, Event, Model, Shape, Version
from contracts.photos import PhotoId


class ProducerPlan(StrEnum):
    """An `engaged` producer trains and cooperates, and opens markets freely; a `flexible` one asks to."""

    FLEXIBLE = "flexible"
    ENGAGED = "engaged"


class ProducerChanged(
    Event,
    name="catalog.producer_changed.v1",
    shape=Shape.STATE,
    about="producer_id",
    heard_by=("members.know_producer", "notifications.know_producer"),
):
    """Said when a farm signs up, is edited or changes its plan. Its founder sells for it from the start."""

    producer_id: UUID
    name: str
    founder_id: UUID
    plan: ProducerPlan = ProducerPlan.FLEXIBLE


class ProducerDetails(Model):
    """What a farm says of itself. Without a SIRET the number is pending (a beginner's)."""

    legal_name: Title
    farm_name: Title
    siret: str | None = Field(default=None, max_length=20)
    insee: Insee
    description: str = Field(default="", max_length=5000)
    outlets: str = Field(default="", max_length=2000)
    """Where else to find the farm."""
    photo: PhotoId | None = None
    """One of those that the farm keeps."""
    share_rule: ShareRule = ShareRule.FIRST_COME
    """For what is short at a sale; it holds for the sales that open from now on."""


class Producer(ProducerDetails):
    """A farm as anybody may read it."""

    producer_id: UUID
    version: Version
    town: str
    plan: ProducerPlan = ProducerPlan.FLEXIBLE


class RegisterProducer(
    ProducerDetails, Command, door="catalog.register_producer", answers=Producer, acts=True, by=(Right.SELL,)
):
    """Sign a farm up; the asker sells for it."""


class ChangeProducer(
    ProducerDetails, Command, door="catalog.change_producer", answers=Producer, acts=True, by=(Right.SELL,)
):
    """Write a farm anew, for those who sell for it. `version` is the one seen."""

    producer_id: UUID
    version: Version


class SetProducerPlan(Command, door="catalog.set_producer_plan", answers=Producer, acts=True, by=(Right.OPERATE,)):
    """Say which plan a farm is on, as an operator; who does not operate is told NotFound."""

    producer_id: UUID
    plan: ProducerPlan


class ReadProducer(Command, door="catalog.read_producer", answers=Producer, open_to_strangers=True):
    """A farm; anybody may read it."""

    producer_id: UUID


class MyProducers(Command, door="catalog.my_producers", answers=list[Producer]):
    """The farms that the asker sells for; `after` is the last id of the page before."""

    after: UUID | None = None
    limit: Limit = 50
