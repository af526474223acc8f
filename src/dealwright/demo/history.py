"""The whole story: 18 months of a company, worked out from a seed and a day. Nothing is read or written here."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from dealwright.demo import market, phrases, words
from dealwright.demo.deals import Deals
from dealwright.demo.dice import ZONE, Dice
from dealwright.demo.orders import Orders
from dealwright.demo.shapes import Event, Ref, Story

SPAN_DAYS = 548
ACCOUNTS, CONTACTS, OPPORTUNITIES, LEADS = 2_000, 4_000, 5_000, 1_700


def history(today: date, seed: int, scale: float = 1.0) -> list[Event]:
    """What happened up to the midnight before `today`, in the order in which it did.

    scale: 1 is the company of the manual; smaller ones have proportionally less of everything.
    """
    dice, story = Dice(seed), Story()
    first, last = today - timedelta(days=SPAN_DAYS), today - timedelta(days=1)
    start = datetime.combine(first, time(8, 0), ZONE)
    end = datetime.combine(today, time(0, 0), ZONE)
    catalogue = market.products(story, dice, start)
    held = market.campaigns(story, dice, first, last)
    accounts = market.accounts(story, dice, _part(ACCOUNTS, scale), _part(CONTACTS, scale), first, last)
    deals, orders = Deals(story, dice, accounts, catalogue, end), Orders(story, dice, end)
    for day in dice.busy_days(_part(OPPORTUNITIES, scale), first + timedelta(days=6), last):
        deal = deals.make(day)
        if deal is not None:
            orders.papers(deal)
    orders.customers()
    market.unconverted_leads(story, dice, _part(LEADS, scale), first, last, held)
    _chores(story, dice, end)
    return _cut(story.events, start, end)


def _part(count: int, scale: float) -> int:
    return max(12, round(count * scale))


def _chores(story: Story, dice: Dice, end: datetime) -> None:
    """What managers have to do beside their deals."""
    for number, person in enumerate(words.PEOPLE, 1):
        few = {"administrator": 6, "sales_manager": 4, "salesperson": 2}.get(person.role, 5)
        for title in dice.sample(phrases.CHORES, few):
            due = dice.at_work(end.date() + timedelta(days=dice.choice((-2, -1, 0, 0, 0, 1, 2, 5))))
            made = dice.at_work(end.date() - timedelta(days=dice.randint(4, 9)))
            story.create(made, "task", number, title=title, status="open", due_at=due, assignee=Ref("user", number))


def _cut(events: list[Event], start: datetime, end: datetime) -> list[Event]:
    """In order of time, without what lies after the end or concerns a record that never came into being."""
    kept: list[Event] = []
    there: set[Ref] = set()
    for event in sorted(events, key=lambda one: one.at):
        if event.at < start or event.at >= end:
            continue
        if event.kind == "create":
            there.add(event.ref)
        elif event.ref not in there:
            continue
        kept.append(event)
    return kept
