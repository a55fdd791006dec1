"""An account ends: what others keep of it in their own mails goes with it."""

from datetime import UTC, datetime

from contracts.members import PersonErased
from contracts.orders import ActOnBehalf, Order
from tests.cast import BOB, MALIK, ODILE
from tests.notifications.conftest import Instance, placed


def test_an_erased_mediator_goes_from_what_consumers_keep(halle: Instance) -> None:
    halle.know(BOB)
    now = datetime.now(UTC)
    by = [
        ActOnBehalf(version=1, mediator_id=who, mediator_name=name, acted_at=now)
        for who, name in ((MALIK, 'Malik "M." Benali'), (ODILE, "Odile"))
    ]
    event = placed()
    halle.hear(event.model_copy(update={"order": event.order.model_copy(update={"acts": by})}))
    halle.send()
    halle.hear(PersonErased(person_id=MALIK), seq=9)
    (row,) = halle.rows("content")
    assert [act.mediator_name for act in Order.model_validate_json(row[0]).acts] == ["", "Odile"]
