"""Opportunities from the first call to the end, with what was said, promised and put off on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from dealwright.demo import phrases, words
from dealwright.demo.dice import Dice, quarter_end
from dealwright.demo.market import person
from dealwright.demo.shapes import Account, Ref, Story, Yuan

STAGES = ("lead", "first_contact", "needs_discovery", "solution", "negotiation")
DAYS = {"lead": 4.0, "first_contact": 7.0, "needs_discovery": 11.0, "solution": 13.0, "negotiation": 12.0}
GOES_ON = {"lead": 0.80, "first_contact": 0.76, "needs_discovery": 0.74, "solution": 0.75, "negotiation": 0.78}
EASE = {"manufacturing": 1.05, "food": 1.08, "energy": 1.04, "logistics": 1.0, "government": 0.86, "construction": 0.82}
SIZE = {"a": 2.3, "b": 1.25, "c": 0.75, "none": 0.6}
WEIGHT = {"a": 5.0, "b": 2.5, "c": 1.2, "none": 0.7}


@dataclass
class Deal:
    """One opportunity on its way."""

    ref: Ref
    account: Account
    owner: int
    name: str
    amount: int
    product: int
    opened: datetime
    renewal: bool
    lines: list[dict[str, Any]] = field(default_factory=list)
    offered_at: datetime | None = None
    ended_at: datetime | None = None
    won: bool = False
    stages: list[tuple[str, datetime]] = field(default_factory=list)


class Deals:
    """Makes the deals of the time between two days."""

    def __init__(
        self, story: Story, dice: Dice, accounts: Sequence[Account], catalogue: Sequence[Ref], end: datetime
    ) -> None:
        self.story, self.dice, self.catalogue, self.end = story, dice, catalogue, end
        self.by_owner: dict[int, list[Account]] = {}
        for account in sorted(accounts, key=lambda one: one.since):
            self.by_owner.setdefault(account.owner, []).append(account)
        self.sold: dict[Ref, datetime] = {}  # when a customer first bought

    def make(self, day: date) -> Deal | None:
        """A deal that begins on a day; None when its seller has no customer yet."""
        dice = self.dice
        owner = dice.weighed({number: person(number).share for number in self.by_owner})
        account = self._account(owner, day)
        if account is None:
            return None
        deal = self._open(account, day)
        self._walk(deal)
        self._slip(deal)
        self._talk(deal)
        self._promise(deal)
        return deal

    def _account(self, owner: int, day: date) -> Account | None:
        known = [one for one in self.by_owner[owner] if one.since.date() < day]
        if not known:
            return None
        recent = known[-12:]
        if self.dice.chance(0.4):
            return self.dice.choice(recent)
        return self.dice.choices(known, [WEIGHT[one.tier] for one in known])[0]

    def _open(self, account: Account, day: date) -> Deal:
        dice = self.dice
        at = dice.at_work(day)
        bought = self.sold.get(account.ref, at) < at
        renewal = bought and dice.chance(0.3)
        product = dice.weighed({place: one.weight for place, one in enumerate(words.PRODUCTS) if one.weight})
        amount = max(8_000, int(dice.spread(88_000, 0.85) * SIZE[account.tier] / 1_000) * 1_000)
        name = (
            dice.choice(phrases.RENEWALS)
            if renewal
            else dice.choice(phrases.PLACES) + dice.choice(phrases.WORKS) + dice.choice(phrases.SUFFIXES)
        )
        first = "first_contact" if renewal or dice.chance(0.25) else "lead"
        source = "customer" if renewal else dice.weighed(phrases.SOURCES)
        values: dict[str, Any] = {
            "name": name, "account": account.ref, "amount": Yuan(amount), "stage": first, "source": source,
            "deal_type": "renewal" if renewal else "upsell" if bought else "new",
            "close_date": (at + timedelta(days=dice.randint(35, 110))).date(), "next_step": dice.choice(phrases.NEXT[first]),
            "product": self.catalogue[product], "need": dice.choice(phrases.NEEDS),
        }  # fmt: skip
        if account.contacts:
            values["main_contact"] = dice.choice(account.contacts)[0]
        ref = self.story.create(at, "opportunity", account.owner, **values)
        deal = Deal(ref, account, account.owner, name, amount, product, at, renewal, stages=[(first, at)])
        if source in phrases.INBOUND and account.contacts and dice.chance(0.6):
            self._lead(deal, source)
        return deal

    def _lead(self, deal: Deal, source: str) -> None:
        """The enquiry that the deal came from."""
        contact, name, mobile = deal.account.contacts[0]
        asked = self.dice.at_work((deal.opened - timedelta(days=self.dice.randint(2, 12))).date())
        answered = self.dice.after(asked, self.dice.spread(0.3, 0.7))
        ref = self.story.create(
            asked, "lead", deal.owner, name=name, company=deal.account.name, mobile=mobile, source=source, status="new",
            industry=deal.account.industry, intent="high", need=self.dice.choice(phrases.LEAD_NEEDS),
            respond_by=asked + timedelta(hours=24),
        )  # fmt: skip
        turned = deal.opened + timedelta(minutes=1)
        if answered < turned:
            self.story.update(answered, ref, deal.owner, status="working", first_responded_at=answered)
        self.story.update(
            turned, ref, deal.owner, status="converted", converted_at=turned, converted_account=deal.account.ref,
            converted_contact=contact, converted_opportunity=deal.ref,
        )  # fmt: skip

    def _walk(self, deal: Deal) -> None:
        """Through the stages, until it is won, lost, or today comes."""
        dice, who = self.dice, person(deal.owner)
        ease = EASE.get(deal.account.industry, 1.0) * (1.12 if deal.renewal else 1.0) * (who.skill**0.5)
        slow = who.pace * (1.0 + min(0.6, deal.amount / 1_500_000))
        at, stage = deal.stages[0][1], STAGES.index(deal.stages[0][0])
        while True:
            key = STAGES[stage]
            stays = dice.spread(DAYS[key] * slow, 0.6)
            if not dice.chance(min(0.96, GOES_ON[key] * ease)):
                self._lose(deal, dice.after(at, stays * 1.3), key)
                return
            at = dice.after(at, max(1.0, stays))
            if key == "negotiation":
                self._win(deal, self._pushed(at))
                return
            stage += 1
            key = STAGES[stage]
            deal.stages.append((key, at))
            values: dict[str, Any] = {"stage": key, "next_step": dice.choice(phrases.NEXT[key])}
            if key == "solution":
                deal.offered_at = at
                values |= self._offer(deal)
            if key == "negotiation":
                values["forecast_category"] = dice.choice(("commit", "likely"))
            if key in ("needs_discovery", "solution") and dice.chance(0.3):
                values["competitors"] = [dice.choice(phrases.COMPETITORS)]
            self.story.update(at, deal.ref, deal.owner, **values)

    def _pushed(self, at: datetime) -> datetime:
        """What would be signed soon after the quarter is often signed just before its end."""
        last = quarter_end((at - timedelta(days=16)).date())
        if at.date() > last and self.dice.chance(0.4):
            pushed = self.dice.after(datetime.combine(last, at.timetz()) - timedelta(days=self.dice.randint(2, 9)), 0)
            return max(pushed, at - timedelta(days=20))
        return at

    def _offer(self, deal: Deal) -> dict[str, Any]:
        """Lines that come to about the amount, and the amount they come to."""
        dice, one = self.dice, words.PRODUCTS[deal.product]
        service = words.PRODUCTS[words.IMPLEMENTATION]
        off = dice.choice((0, 0, 3, 5, 5, 8, 8, 10, 12, 15, 20))
        price = max(1, round(one.price * (100 - off) / 100))
        days = 0 if deal.renewal else max(2, int(deal.amount * 0.22 / service.price))
        quantity = max(1, round((deal.amount - days * service.price) / price))
        deal.lines = [
            {
                "product": self.catalogue[deal.product],
                "quantity": str(quantity),
                "list_price": Yuan(one.price),
                "price": Yuan(price),
            }
        ]
        if days:
            deal.lines.append(
                {
                    "product": self.catalogue[words.IMPLEMENTATION],
                    "quantity": str(days),
                    "list_price": Yuan(service.price),
                    "price": Yuan(service.price),
                }
            )
        deal.amount = quantity * price + days * service.price
        return {"lines": deal.lines, "amount": Yuan(deal.amount)}

    def _win(self, deal: Deal, at: datetime) -> None:
        at = max(at, deal.stages[-1][1] + timedelta(hours=20))
        deal.ended_at, deal.won = at, True
        if at < self.end:
            self.sold.setdefault(deal.account.ref, at)
        factors = self.dice.sample(phrases.WIN_FACTORS, 2)
        self.story.update(
            at, deal.ref, deal.owner, stage="won", won_amount=Yuan(deal.amount), close_date=at.date(), next_step=None,
            win_factors=factors, forecast_category=None,
        )  # fmt: skip

    def _lose(self, deal: Deal, at: datetime, stage: str) -> None:
        deal.ended_at = at
        weights = dict(phrases.LOSSES)
        if stage == "solution":
            weights["slow"] *= 3
        if stage in ("lead", "first_contact"):
            weights |= {"no_response": 40.0, "price": 8.0, "no_budget": 22.0}
        reason = self.dice.weighed(weights)
        self.story.update(
            at, deal.ref, deal.owner, stage="lost", lost_reason=reason, lost_notes=phrases.LOSS_NOTES[reason],
            close_date=at.date(), next_step=None, forecast_category=None,
        )  # fmt: skip

    def _slip(self, deal: Deal) -> None:
        """A close date that passes is put off after some days, by most people."""
        day = deal.opened.date() + timedelta(days=self.dice.randint(30, 95))
        ended = deal.ended_at or self.end
        if ended > deal.opened + timedelta(days=8):
            self.story.update(self.dice.after(deal.opened, 1.2), deal.ref, deal.owner, close_date=day)
        for _ in range(4):
            noticed = self.dice.after(datetime.combine(day, deal.opened.timetz()), self.dice.randint(1, 9))
            if noticed >= ended or not self.dice.chance(min(0.95, 0.75 * person(deal.owner).care)):
                return
            day = noticed.date() + timedelta(days=self.dice.randint(12, 45))
            self.story.update(noticed, deal.ref, deal.owner, close_date=day)

    def _talk(self, deal: Deal) -> None:
        """What was said: every so many days, until the end or until the deal is forgotten."""
        dice, care = self.dice, person(deal.owner).care
        stop = min(deal.ended_at or self.end, self.end)
        if stop == self.end and dice.chance(0.2 / care):
            stop -= timedelta(days=dice.randint(12, 40))  # nobody has touched it since
        at = dice.after(deal.opened, dice.uniform(0.1, 1.5))
        while at < stop:
            stage = next(key for key, entered in reversed(deal.stages) if entered <= at or entered == deal.opened)
            method = dice.weighed(phrases.METHODS[stage])
            people = [dice.choice(deal.account.contacts)[0]] if deal.account.contacts else None
            self.story.create(
                at, "activity", deal.owner, subject=f"{phrases.SUBJECTS[method]}：{deal.name}", method=method,
                direction="outbound", status="missed" if method == "phone" and dice.chance(0.12) else "done", started_at=at,
                duration=dice.randint(3, 25) * 60 if method in ("phone", "wechat") else dice.randint(30, 120) * 60,
                account=deal.account.ref, opportunity=deal.ref, contacts=people, content=dice.choice(phrases.TALKS[method]),
                outcome=dice.choice(("positive", "positive", "neutral", "neutral", "negative")),
                qualifying=method in ("visit", "meeting"),
            )  # fmt: skip
            at = dice.after(at, dice.spread(9.5 / care, 0.5))

    def _promise(self, deal: Deal) -> None:
        """Tasks: those that came with a stage and were done, and what is to be done now."""
        dice, story = self.dice, self.story
        for stage, entered in deal.stages:
            if stage in ("solution", "negotiation") and dice.chance(0.5):
                due = dice.after(entered, dice.randint(2, 5))
                task = self._task(deal, entered + timedelta(minutes=5), dice.choice(phrases.TODO[stage]), due)
                done = dice.after(entered, dice.spread(3 * person(deal.owner).pace, 0.5))
                story.update(done, task, deal.owner, status="done", completed_at=done, outcome="solved")
        if (deal.ended_at or self.end) >= self.end and dice.chance(0.5):
            away = dice.weighed({-5: 1.0, -2: 2.0, -1: 2.0, 0: 5.0, 1: 4.0, 2: 4.0, 4: 4.0, 7: 4.0, 11: 2.0})
            due = dice.at_work(self.end.date() + timedelta(days=away))
            made = dice.at_work(
                min(self.end.date() - timedelta(days=1), due.date() - timedelta(days=dice.randint(1, 6)))
            )
            if made > deal.opened:
                self._task(deal, made, dice.choice(phrases.TODO["open"]), due)

    def _task(self, deal: Deal, at: datetime, title: str, due: datetime) -> Ref:
        return self.story.create(
            at, "task", deal.owner, title=f"{title}（{deal.account.name}）", status="open", due_at=due,
            priority=self.dice.choice(("medium", "medium", "high")), assignee=Ref("user", deal.owner), related_to=deal.ref,
        )  # fmt: skip
