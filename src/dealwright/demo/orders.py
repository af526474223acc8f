"""What follows an offer: quotes, contracts, instalments, and a customer that has bought."""

from __future__ import annotations

from datetime import datetime, timedelta

from dealwright.demo.deals import Deal
from dealwright.demo.dice import Dice
from dealwright.demo.market import person
from dealwright.demo.shapes import Ref, Story, Yuan

TERMS = ({"100": 15}, {"50": 10, "50.0": 90}, {"30": 7, "60": 45, "10": 180}, {"30": 7, "65": 60, "5": 360})


class Orders:
    """Writes the papers of deals. A paper that would come after today is not written (the story is cut there)."""

    def __init__(self, story: Story, dice: Dice, end: datetime) -> None:
        self.story, self.dice, self.end = story, dice, end
        self.wins: dict[Ref, list[Deal]] = {}

    def papers(self, deal: Deal) -> None:
        """All papers of one deal."""
        self._quote(deal)
        if deal.won and deal.ended_at is not None and deal.ended_at < self.end:
            self.wins.setdefault(deal.account.ref, []).append(deal)
            if self.dice.chance(0.9):
                self._contract(deal)

    def _quote(self, deal: Deal) -> None:
        if deal.offered_at is None or not self.dice.chance(0.75):
            return
        at = self.dice.after(deal.offered_at, self.dice.uniform(0.2, 3))
        ended = deal.ended_at or self.end
        if at >= ended:
            return
        lines = [{**line, "tax_rate": "6"} for line in deal.lines]
        quote = self.story.create(
            at, "quote", deal.owner, name=f"{deal.name} 报价", opportunity=deal.ref, account=deal.account.ref,
            contact=deal.account.contacts[0][0] if deal.account.contacts else None, quote_date=at.date(),
            valid_until=at.date() + timedelta(days=30), status="sent", lines=lines,
        )  # fmt: skip
        self.story.update(
            ended + timedelta(minutes=3), quote, deal.owner, status="accepted" if deal.won else "declined"
        )

    def customers(self) -> None:
        """Who bought is a customer, who bought again a loyal one; in the order in which the deals were won."""
        for account, deals in self.wins.items():
            won = sorted((deal.ended_at, deal.owner) for deal in deals if deal.ended_at is not None)
            for (at, owner), state in zip(won, ("customer", "repeat"), strict=False):
                self.story.update(at + timedelta(minutes=4), account, owner, lifecycle=state)

    def _contract(self, deal: Deal) -> None:
        dice, story = self.dice, self.story
        assert deal.ended_at is not None
        drawn = dice.after(deal.ended_at, dice.uniform(1, 4))
        signed = dice.after(drawn, dice.uniform(1, 9))
        starts = signed.date()
        ends = starts + timedelta(days=365 * dice.choice((1, 1, 1, 2, 3)) - 1)
        contract = story.create(
            drawn, "contract", deal.owner, name=f"{deal.account.name}{deal.name}合同 {deal.ref.number:05d}",
            account=deal.account.ref, opportunity=deal.ref, type="renewal" if deal.renewal else "new",
            amount=Yuan(deal.amount), start_date=starts, end_date=ends, status="to_sign",
            our_signee=Ref("user", 1), customer_signee=deal.account.contacts[0][1] if deal.account.contacts else None,
            signing_provider=dice.choice(("paper", "electronic")),
        )  # fmt: skip
        story.update(signed, contract, deal.owner, status="active", signed_at=signed, fulfilment_status="in_progress")
        story.update(
            dice.after(signed, (ends - starts).days + 1),
            contract,
            deal.owner,
            status="expired",
            fulfilment_status="done",
        )
        self._instalments(deal, contract, signed)

    def _instalments(self, deal: Deal, contract: Ref, signed: datetime) -> None:
        dice, story = self.dice, self.story
        left, plan = deal.amount, dice.choice(TERMS)
        for place, (portion, days) in enumerate(plan.items(), 1):
            amount = left if place == len(plan) else round(deal.amount * float(portion) / 100)
            left -= amount
            due = signed.date() + timedelta(days=days)
            payment = story.create(
                signed + timedelta(minutes=place), "payment", deal.owner, name=f"{deal.account.name} 第 {place} 期",
                contract=contract, account=deal.account.ref, instalment=str(place), portion=str(float(portion)),
                planned_amount=Yuan(amount), due_on=due,
            )  # fmt: skip
            late = dice.spread(6, 0.9) * person(deal.owner).pace - 4
            came = dice.after(datetime.combine(due, signed.timetz()), max(-3.0, late))
            if came <= signed + timedelta(hours=1):
                came = dice.after(signed, 1.5)
            noticed = dice.after(datetime.combine(due, signed.timetz()), 1)
            if noticed < came and noticed.date() > due and noticed > signed + timedelta(hours=1):
                story.update(noticed, payment, deal.owner, plan_status="overdue")
            story.update(
                came, payment, deal.owner, plan_status="done", status="received", amount_received=Yuan(amount),
                received_on=came.date(), method=dice.choice(("transfer", "transfer", "transfer", "acceptance", "online")),
            )  # fmt: skip
