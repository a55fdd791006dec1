"""The doors of catalog about what towns lend; `service.Doors` has them with all others."""

# A door's sentence is its command's docstring.

import uuid_utils.compat as uuid
from sqlalchemy import Connection

from bus import clock
from bus.doors import Call, answer
from contracts import loans
from contracts.messages import Refused
from services.catalog.actions import loans as lending
from services.catalog.actions import taken_days, venues


class LendingDoors:
    """Questions about towns' places and their loans."""

    @answer(loans.AddTownVenue)
    def add_town_venue(self, tx: Connection, command: loans.AddTownVenue, call: Call) -> loans.TownVenue:
        return venues.add_to_town(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(loans.ChangeTownVenue)
    def change_town_venue(self, tx: Connection, command: loans.ChangeTownVenue, call: Call) -> loans.TownVenue:
        return venues.change_town_venue(tx, command, call.asker.person_id)

    @answer(loans.ListTownVenues)
    def list_town_venues(self, tx: Connection, command: loans.ListTownVenues, call: Call) -> list[loans.TownVenue]:
        return venues.of_town(tx, command)

    @answer(loans.AskLoan)
    def ask_loan(self, tx: Connection, command: loans.AskLoan, call: Call) -> loans.Loan | Refused:
        return lending.ask(tx, uuid.uuid7(), command, call.asker.person_id, clock.now(tx))

    @answer(loans.AnswerLoan)
    def answer_loan(self, tx: Connection, command: loans.AnswerLoan, call: Call) -> loans.Loan | Refused:
        return lending.answer(tx, command, call.asker.person_id, clock.now(tx))

    @answer(loans.WithdrawLoan)
    def withdraw_loan(self, tx: Connection, command: loans.WithdrawLoan, call: Call) -> loans.Loan | Refused:
        return lending.withdraw(tx, command, call.asker.person_id)

    @answer(loans.EndLoan)
    def end_loan(self, tx: Connection, command: loans.EndLoan, call: Call) -> loans.Loan | Refused:
        return lending.end(tx, command, call.asker.person_id, clock.now(tx))

    @answer(loans.ListLoans)
    def list_loans(self, tx: Connection, command: loans.ListLoans, call: Call) -> list[loans.Loan]:
        return lending.listed(tx, command, call.asker.person_id, clock.now(tx))

    @answer(loans.AddTakenDays)
    def add_taken_days(self, tx: Connection, command: loans.AddTakenDays, call: Call) -> loans.TakenDays:
        return taken_days.add(tx, uuid.uuid7(), command, call.asker.person_id)

    @answer(loans.EndTakenDays)
    def end_taken_days(self, tx: Connection, command: loans.EndTakenDays, call: Call) -> loans.TakenDays:
        return taken_days.end(tx, command.taken_id, call.asker.person_id)

    @answer(loans.ListTakenDays)
    def list_taken_days(self, tx: Connection, command: loans.ListTakenDays, call: Call) -> list[loans.TakenDays]:
        return taken_days.of_town(tx, command, call.asker.person_id, clock.now(tx))
