"""Customers, the people at them, and those who only asked: accounts, contacts, leads, campaigns, products."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import islice, product

from dealwright.demo import phrases, words
from dealwright.demo.dice import Dice
from dealwright.demo.shapes import Account, Ref, Story, Yuan

SELLERS = [place for place, person in enumerate(words.PEOPLE, 1) if person.share]
TIERS = {"a": 8.0, "b": 22.0, "c": 40.0, "none": 30.0}
REVENUE = {"a": 62_000, "b": 18_000, "c": 4_200, "none": 2_600}  # in 10,000 yuan


def person(number: int) -> words.Person:
    """One of our people, counted from 1."""
    return words.PEOPLE[number - 1]


def seller(dice: Dice) -> int:
    """Whose deal or customer it is."""
    return dice.weighed({number: person(number).share for number in SELLERS})


def company_names(dice: Dice, count: int) -> list[tuple[str, str, str]]:
    """(short name, full name, industry), no full name twice."""
    pairs = [a + b for a, b in product(words.FIRST, words.SECOND) if a != b]
    dice.shuffle(pairs)
    found: list[tuple[str, str, str]] = []
    for place in range(count):
        industry = dice.weighed(words.INDUSTRIES)
        trades = words.TRADES[industry]
        # the next round over the pairs takes another trade, so a full name never comes twice
        pair, round_ = pairs[place % len(pairs)], place // len(pairs)
        trade = (
            trades[(dice.randrange(len(trades)) + round_) % len(trades)]
            if round_ == 0
            else trades[round_ % len(trades)]
        )
        short = pair + trade
        found.append((short, short + dice.choice(words.FORMS), industry))
    return _distinct(found)


def _distinct(names: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    seen: set[str] = set()
    out = []
    for short, full, industry in names:
        base, place = short, 1
        while short in seen:
            place += 1
            short = f"{base}{'二三四五六七八九'[place - 2]}厂"
        seen.add(short)
        out.append((short, full.replace(base, short, 1), industry))
    return out


def products(story: Story, dice: Dice, start: datetime) -> list[Ref]:
    """The catalogue, in the order of words.PRODUCTS."""
    return [
        story.create(
            start, "product", 1, name=one.name, code=one.code, product_line=one.line, unit=one.unit,
            list_price=Yuan(one.price), cost=Yuan(int(one.price * dice.uniform(0.35, 0.62))),
            tax_rate="13" if one.line == "硬件" else "6", discount_floor="15",
        )
        for one in words.PRODUCTS
    ]  # fmt: skip


def campaigns(story: Story, dice: Dice, first: date, last: date) -> list[tuple[Ref, str, date]]:
    """Fairs and streams, spread over the time; with their kind and first day."""
    found = []
    step = (last - first).days // len(phrases.CAMPAIGNS)
    for place, (name, kind, cost) in enumerate(phrases.CAMPAIGNS):
        day = first + timedelta(days=20 + place * step)
        ends = day + timedelta(days=3 if kind == "exhibition" else 20)
        state = "completed" if ends < last else "active"
        ref = story.create(
            dice.at_work(day - timedelta(days=12)), "campaign", 1, name=f"{name} {day.year}", type=kind, status=state,
            start_date=day, end_date=ends, budget=Yuan(cost), actual_cost=Yuan(int(cost * dice.uniform(0.8, 1.1))),
        )  # fmt: skip
        found.append((ref, kind, day))
    return found


def accounts(story: Story, dice: Dice, count: int, people: int, first: date, last: date) -> list[Account]:
    """Customers with their contacts; two fifths were there when the system was bought."""
    there = int(count * 0.4)
    days = [first + timedelta(days=n % 5) for n in range(there)] + dice.busy_days(count - there, first, last)
    names = company_names(dice, count)
    each = _shares(dice, people, count)
    found: list[Account] = []
    for (short, full, industry), day, contacts in zip(names, days, each, strict=True):
        owner, tier = seller(dice), dice.weighed(TIERS)
        at = dice.at_work(day)
        size = {"a": (3, 5), "b": (2, 4), "c": (1, 3), "none": (0, 2)}[tier]
        team = person(owner).team
        values = {
            "name": full, "short_name": short, "industry": industry, "tier": tier, "type": "end_customer",
            "employees": words.EMPLOYEES[dice.randint(*size)], "region": dice.choice(words.REGIONS[2 if team is None else team]),
            "annual_revenue": Yuan(int(dice.spread(REVENUE[tier], 0.5)) * 10_000), "lifecycle": "prospect",
            "source": dice.choice(("website", "exhibition", "referral", "cold_call", "partner")),
            "phone": f"400-800-{len(found) % 10_000:04d}", "ideal_customer": tier in ("a", "b") and dice.chance(0.5),
        }  # fmt: skip
        if dice.chance(0.06):
            values["type"] = dice.choice(("agent", "partner"))
        account = Account(story.create(at, "account", owner, **values), short, owner, tier, industry, at)
        for place in range(contacts):
            _contact(story, dice, account, place)
        found.append(account)
    return found


def _contact(story: Story, dice: Dice, account: Account, place: int) -> None:
    surname = dice.choice(list(words.SURNAMES))
    name = surname + dice.choice(words.GIVEN)
    number = story.counts.get("contact", 0) + 1
    mobile = f"1380000{number % 10_000:04d}"
    values = {
        "name": name, "account": account.ref, "title": dice.choice(words.TITLES), "mobile": mobile,
        "email": f"{words.SURNAMES[surname]}{number}@example.com", "is_primary": place == 0,
        "buying_role": dice.choice(words.BUYING_ROLES), "language": "zh",
    }  # fmt: skip
    if dice.chance(0.3):
        values["birthday"] = f"{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
    if dice.chance(0.5):
        values["wechat"] = f"wx_{words.SURNAMES[surname]}{number}"
    at = account.since + timedelta(minutes=2 + place)
    account.contacts.append((story.create(at, "contact", account.owner, **values), name, mobile))


def _shares(dice: Dice, total: int, among: int) -> list[int]:
    """`total` things among so many, one each at least."""
    found = [1] * among
    for _ in range(max(0, total - among)):
        found[dice.randrange(among)] += 1
    return found


def unconverted_leads(
    story: Story, dice: Dice, count: int, first: date, last: date, held: Sequence[tuple[Ref, str, date]]
) -> None:
    """People who asked and did not buy, or not yet; the newest still wait for an answer."""
    shorts = islice(((a + b) for a, b in product(words.SECOND, words.FIRST)), 900)
    firms = [short + dice.choice(("装备", "食品", "塑业", "仓储", "电子", "纺织")) for short in shorts]
    days = dice.busy_days(count - count // 60, first, last) + dice.busy_days(
        count // 60, last - timedelta(days=6), last
    )
    for number, day in enumerate(days):
        owner = seller(dice)
        at, source = dice.at_work(day), dice.choice((*phrases.INBOUND, "referral", "cold_call"))
        name = dice.choice(list(words.SURNAMES)) + dice.choice(words.GIVEN)
        ref = story.create(
            at, "lead", owner, name=name, company=dice.choice(firms), mobile=f"1390000{number % 10_000:04d}",
            job_title=dice.choice(words.TITLES), industry=dice.weighed(words.INDUSTRIES), source=source, status="new",
            intent=dice.choice(("high", "medium", "medium", "low")), need=dice.choice(phrases.LEAD_NEEDS),
            region=dice.choice(words.REGIONS[person(owner).team or 0]), respond_by=at + timedelta(hours=24),
            campaign=_campaign(dice, held, source, day),
        )  # fmt: skip
        age = (last - day).days
        care = person(owner).care
        if age > 20 or dice.chance(min(0.95, (0.35 + age * 0.12) * care)):
            _worked_on(story, dice, ref, owner, at, care)


def _campaign(dice: Dice, held: Sequence[tuple[Ref, str, date]], source: str, day: date) -> Ref | None:
    kinds = {"exhibition": "exhibition", "livestream": "livestream", "website": "website"}
    near = [ref for ref, kind, start in held if kind == kinds.get(source) and 0 <= (day - start).days < 75]
    return dice.choice(near) if near and dice.chance(0.7) else None


def _worked_on(story: Story, dice: Dice, ref: Ref, owner: int, at: datetime, care: float) -> None:
    answered = dice.after(at, dice.spread(0.3, 0.8) / care)
    follow = dice.after(answered, dice.uniform(2, 6))
    story.update(answered, ref, owner, status="working", first_responded_at=answered, next_follow_up=follow)
    ends = dice.after(follow, dice.spread(12, 0.6))
    if dice.chance(0.75):
        reason = dice.weighed(phrases.LEAD_LOSSES)
        story.update(ends, ref, owner, status="invalid", lost_reason=reason, next_follow_up=None)
    else:
        story.update(ends, ref, owner, status="recycled", next_follow_up=None)
