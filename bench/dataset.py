"""The data that is measured on: a sales company's accounts and opportunities, the same on every run.

All names are put together from parts here; nobody's real data is in it. Typed values by field key come out, as the
write path would hold them, so the loader can hand them to the product's own converters.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

SEED = 20_261_124
TODAY = date(2026, 11, 24)
DAYS = 4 * 365
CITIES = (
    "上海",
    "北京",
    "深圳",
    "广州",
    "杭州",
    "苏州",
    "南京",
    "武汉",
    "成都",
    "重庆",
    "西安",
    "青岛",
    "宁波",
    "厦门",
    "长沙",
    "郑州",
    "合肥",
    "济南",
    "天津",
    "无锡",
)
FIRST = (
    "恒",
    "华",
    "盛",
    "锦",
    "德",
    "瑞",
    "鑫",
    "宏",
    "泰",
    "远",
    "博",
    "创",
    "凯",
    "中",
    "联",
    "金",
    "天",
    "海",
    "东",
    "信",
)
SECOND = (
    "达",
    "信",
    "源",
    "通",
    "隆",
    "润",
    "科",
    "辉",
    "成",
    "业",
    "安",
    "诚",
    "力",
    "星",
    "维",
    "康",
    "益",
    "邦",
    "和",
    "丰",
)
TRADES = (
    ("精密机械", "manufacturing"), ("电子", "electronics"), ("软件", "software"), ("医疗器械", "medical"),
    ("金融服务", "finance"), ("商贸", "retail"), ("物流", "logistics"), ("新能源", "energy"), ("食品", "food"),
    ("化工", "chemicals"), ("纺织", "textile"), ("建筑", "construction"), ("教育科技", "education"), ("咨询", "services"),
)  # fmt: skip
FORMS = ("有限公司", "股份有限公司", "集团有限公司")
WISHES = (
    "生产线改造",
    "设备采购",
    "系统升级",
    "年度框架",
    "售后维保",
    "质量检测平台",
    "仓储自动化",
    "数据中心扩容",
    "能耗管理",
    "培训服务",
)
SURNAMES = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林")
GIVEN = (
    "伟",
    "芳",
    "敏",
    "静",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "丽",
    "军",
    "平",
    "刚",
    "玲",
    "辉",
)
NEXT_STEPS = ("电话回访", "提交方案", "安排演示", "现场考察", "商务谈判", "等待审批", "发送报价", "签订合同")
SOURCES = ("website", "exhibition", "referral", "cold_call", "partner", "tender", "other")
EMPLOYEES = ("e1_19", "e20_99", "e100_499", "e500_999", "e1000_4999", "e5000")
TAGS = ("重点", "战略", "续约", "竞标", "紧急")
OPEN = ("lead", "first_contact", "needs_discovery", "solution", "negotiation")
PROBABILITY = {
    "lead": 10,
    "first_contact": 20,
    "needs_discovery": 35,
    "solution": 55,
    "negotiation": 80,
    "won": 100,
    "lost": 0,
}
REGIONS, TEAMS_EACH, SELLERS_EACH = 6, 4, 10


@dataclass(frozen=True)
class Person:
    """A seller or a manager, with the team the records go to."""

    id: str
    name: str
    team_id: str


@dataclass(frozen=True)
class Team:
    """A team; its path tells where it stands in the tree."""

    id: str
    name: str
    parent_id: str | None
    path: str
    manager: Person


@dataclass(frozen=True)
class Office:
    """Everybody: the root team's manager sees all, each region's and team's manager their part."""

    teams: list[Team]
    sellers: list[Person]

    @property
    def director(self) -> Person:
        return self.teams[0].manager


def made_id(chance: random.Random, at: datetime) -> str:
    """A UUIDv7 of a moment, out of the given chance."""
    moment, rest = int(at.timestamp() * 1000), chance.getrandbits(74)
    text = f"{moment:012x}7{rest >> 62:03x}{8 + ((rest >> 60) & 3):x}{rest & ((1 << 60) - 1):015x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def office() -> Office:
    """The teams and people."""
    chance = random.Random(SEED)
    began = datetime(2022, 11, 1, tzinfo=UTC)
    teams: list[Team] = []
    sellers: list[Person] = []

    def team(name: str, parent: Team | None) -> Team:
        team_id = made_id(chance, began)
        manager = Person(made_id(chance, began), person_name(chance), team_id)
        path = f"{parent.path if parent else '/'}{team_id}/"
        teams.append(Team(team_id, name, parent.id if parent else None, path, manager))
        return teams[-1]

    root = team("销售部", None)
    for region in range(REGIONS):
        area = team(f"{'东南西北中外'[region]}区", root)
        for number in range(TEAMS_EACH):
            one = team(f"{area.name}{number + 1}组", area)
            sellers += [Person(made_id(chance, began), person_name(chance), one.id) for _ in range(SELLERS_EACH)]
    return Office(teams, sellers)


def person_name(chance: random.Random) -> str:
    """A made-up name."""
    return chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2))))


def _moments(chance: random.Random, count: int) -> list[datetime]:
    start = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) - timedelta(days=DAYS)
    return [start + timedelta(seconds=s) for s in sorted(chance.randrange(DAYS * 86_400) for _ in range(count))]


def account_name(place: int) -> str:
    """A name that no other account has."""
    city, rest = CITIES[place % len(CITIES)], place // len(CITIES)
    first, rest = FIRST[rest % len(FIRST)], rest // len(FIRST)
    second, rest = SECOND[rest % len(SECOND)], rest // len(SECOND)
    trade, rest = TRADES[rest % len(TRADES)], rest // len(TRADES)
    third = FIRST[(place * 7 + rest) % len(FIRST)]
    return f"{city}{first}{second}{third}{trade[0]}{FORMS[place % 3]}"


def accounts(count: int, people: Office) -> Iterator[dict[str, Any]]:
    """Typed values of accounts, the oldest first, with `id`, `owner`, `team` and `created_at`."""
    chance = random.Random(SEED + 1)
    order = list(range(count))
    chance.shuffle(order)
    for place, at in zip(order, _moments(chance, count), strict=True):
        owner = chance.choice(people.sellers)
        trade = TRADES[place // (20 * 20 * 20) % len(TRADES)] if count > 20_000 else chance.choice(TRADES)
        yield {
            "id": made_id(chance, at), "created_at": at, "owner": owner.id, "team": owner.team_id, "name": account_name(place),
            "industry": trade[1], "employees": chance.choice(EMPLOYEES), "phone": f"+86{chance.choice((138, 139, 150, 186))}{chance.randrange(10**8):08d}",
            "type": chance.choice(("end_customer", "end_customer", "agent", "partner")), "source": chance.choice(SOURCES),
            "annual_revenue": Decimal(chance.randrange(1_000, 900_000)) * 1_000, "tier": chance.choice(("a", "b", "c", "none", "none")),
            "tags": chance.sample(TAGS, 2) if chance.random() < 0.2 else [],
        }  # fmt: skip


def opportunities(count: int, people: Office, homes: list[tuple[str, str, str, str]]) -> Iterator[dict[str, Any]]:
    """Typed values of opportunities. homes: (account id, account name, owner id, team id)."""
    chance = random.Random(SEED + 2)
    for at in _moments(chance, count):
        account_id, name, owner, team = chance.choice(homes)
        if chance.random() < 0.1:
            other = chance.choice(people.sellers)
            owner, team = other.id, other.team_id
        closes = at.date() + timedelta(days=chance.randrange(20, 240))
        if closes < TODAY and chance.random() < 0.97:
            stage = "won" if chance.random() < 0.36 else "lost"
        else:
            stage = chance.choice(OPEN)
        amount = Decimal(chance.randrange(5_000, 2_000_000))
        closed = stage in ("won", "lost")
        wish = chance.choice(WISHES)
        yield {
            "id": made_id(chance, at), "created_at": at, "owner": owner, "team": team,
            "name": f"{name[2:5]}{wish}{at.year}", "account": account_id, "amount": amount, "stage": stage,
            "probability": Decimal(PROBABILITY[stage]), "weighted_amount": (amount * PROBABILITY[stage] / 100).quantize(Decimal("0.01")),
            "discount": Decimal("0.00"), "close_date": closes,
            "closed_at": datetime(closes.year, closes.month, closes.day, 4, tzinfo=UTC) if closed else None,
            "deal_type": chance.choice(("new", "new", "renewal", "upsell")), "source": chance.choice(SOURCES),
            "next_step": None if closed else chance.choice(NEXT_STEPS), "pipeline": None,
            "tags": chance.sample(TAGS, 1) if chance.random() < 0.15 else [],
        }  # fmt: skip


def sheet(count: int, start: int = 0) -> bytes:
    """A CSV of accounts as somebody would import them."""
    chance = random.Random(SEED + 3 + start)
    lines = ["客户名称,行业,员工规模,电话,客户来源,年营收,客户类型"]
    for place in range(start, start + count):
        phone = f"{chance.choice((138, 139, 150, 186))}{chance.randrange(10**8):08d}"
        name = f"{account_name(place * 3)[:6]}新{place:06d}{FORMS[place % 3]}"
        lines.append(
            f"{name},{chance.choice(('电子', '食品饮料', '化工', '物流'))},100–499 人,{phone},展会,{chance.randrange(100, 99_999)}000,最终客户"
        )
    return ("\n".join(lines) + "\n").encode()


__all__ = ["Office", "Person", "accounts", "office", "opportunities", "sheet"]
