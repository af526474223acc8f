"""A sample company over HTTP: sellers, accounts, contacts, deals over the last year, tasks. Every name is made up.

    .venv/bin/python tools/sample.py http://localhost:8000 E-MAIL PASSWORD

Used for pictures and for trying things out; the workspace must have been set up with the sales starter.
"""

import random
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

SELLERS = ["程一禾", "顾南乔", "陶一苇", "裴安澜"]
ACCOUNTS = [
    ("青禾精密制造", "manufacturing", "a"), ("临澜智能装备", "manufacturing", "a"), ("远汀物流", "logistics", "a"),
    ("云岭轴承", "manufacturing", "a"), ("南溪热力", "energy", "a"), ("白石医疗器械", "medical", "b"),
    ("沐川食品", "food", "b"), ("岚桥纺织", "textile", "b"), ("禾屿生物", "medical", "b"), ("松杉仓储", "logistics", "b"),
    ("星渚电子", "electronics", "b"), ("朔川机械", "manufacturing", "b"), ("槐荫饮料", "food", "b"),
    ("拾光塑业", "chemicals", "c"), ("竹里包装", "manufacturing", "c"), ("汀兰化工", "chemicals", "c"),
    ("竹影精密", "manufacturing", "c"), ("鹿泉软件", "software", "c"), ("望舒教育", "education", "none"),
    ("北渡建设", "construction", "none"),
]  # fmt: skip
WHAT = [
    "产线预测性维护", "边缘网关 40 台", "冷链车间能耗监测", "空压站节能改造", "年度维保续约", "轴承温振监测二期", "注塑车间试点",
    "水泵群远程运维", "巡检机器人租赁", "锅炉房在线监测", "新厂区整体方案", "刀具寿命预测", "老线加装传感", "配电房在线巡检",
    "冷却塔水质监测", "洁净室压差监测", "织机振动监测", "热处理炉监测", "换热站远程值守", "冷库能耗一期",
]  # fmt: skip
NEXT = [
    "确认付款节点",
    "发送修订版报价",
    "现场踏勘",
    "技术方案评审",
    "约设备部经理",
    "发产品资料",
    "二次电话",
    "需求确认会",
    "",
    "",
]
CONTACTS = [
    "谢望舒",
    "陶简",
    "季云归",
    "陆知遥",
    "沈砚秋",
    "江晚舟",
    "柳如是",
    "韩知白",
    "卫青崖",
    "白露",
    "秦观海",
    "温故",
]
TITLES = ["生产副总", "设备部经理", "采购主管", "总经理", "信息部主任", "财务总监"]
OPEN = {"lead": 9, "first_contact": 11, "needs_discovery": 8, "solution": 7, "negotiation": 4}


class Company:
    """Posts the records of the sample company, as the administrator who is signed in."""

    def __init__(self, client: httpx.Client, seed: int = 7) -> None:
        self.client = client
        self.random = random.Random(seed)
        self.today = date.today()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer's body; raises on a refusal."""
        answer = self.client.post(f"/api/v1{path}", json=body)
        if answer.is_error:
            raise RuntimeError(f"{path}: {answer.text}")
        found: dict[str, Any] = answer.json()
        return found

    def fill(self) -> None:
        """Make everything."""
        manager = self.client.get("/api/v1/me").json()["user"]["id"]
        team = self.post("/teams", {"name": "华东一部", "manager": manager})["id"]
        people = [manager] + [
            self.post("/users", {"name": name, "email": f"seller{place}@example.com", "teams": [team]})["id"]
            for place, name in enumerate(SELLERS)
        ]
        accounts = self.accounts(people)
        contacts = self.contacts(accounts, people)
        self.open_deals(accounts, contacts, people)
        self.closed_deals(accounts, people)
        self.leads(people)
        self.tasks(manager)

    def accounts(self, people: list[str]) -> list[str]:
        """Twenty customers of several tiers."""
        return [
            self.post(
                "/records/account",
                {
                    "name": name, "industry": industry, "tier": tier, "type": "end_customer",
                    "owner": self.random.choice(people), "phone": f"0512-6{place:03d}8800",
                    "annual_revenue": {"amount": f"{self.random.randint(8, 900)}00000", "currency": "CNY"},
                },
            )["id"]
            for place, (name, industry, tier) in enumerate(ACCOUNTS)
        ]  # fmt: skip

    def contacts(self, accounts: list[str], people: list[str]) -> list[str]:
        """A person at each of the first customers."""
        return [
            self.post(
                "/records/contact",
                {
                    "name": name, "account": accounts[place], "title": TITLES[place % len(TITLES)],
                    "mobile": f"1380000{place:04d}", "owner": self.random.choice(people),
                },
            )["id"]
            for place, name in enumerate(CONTACTS)
        ]  # fmt: skip

    def amount(self) -> dict[str, str]:
        """A deal's value."""
        return {
            "amount": str(self.random.choice([68, 88, 120, 186, 254, 320, 462, 540, 738, 890, 1286]) * 1000),
            "currency": "CNY",
        }

    def open_deals(self, accounts: list[str], contacts: list[str], people: list[str]) -> None:
        """Thirty-nine deals in the five open stages, more in the early ones."""
        stages = [stage for stage, count in OPEN.items() for _ in range(count)]
        self.random.shuffle(stages)
        for place, stage in enumerate(stages):
            account = place % len(accounts)
            body = {
                "name": WHAT[place % len(WHAT)] + ("" if place < len(WHAT) else "（扩容）"), "account": accounts[account], "amount": self.amount(), "stage": stage,
                "close_date": str(self.today + timedelta(days=self.random.randint(-5, 120))),
                "next_step": self.random.choice(NEXT), "owner": self.random.choice(people),
            }  # fmt: skip
            if account < len(contacts):
                body["main_contact"] = contacts[account]
            self.post("/records/opportunity", body)

    def closed_deals(self, accounts: list[str], people: list[str]) -> None:
        """Deals won and lost over the last twelve months."""
        for place in range(84):
            back = self.random.randint(0, 350)
            at = datetime.now(UTC) - timedelta(days=back, hours=1)
            won = self.random.random() < 0.62
            owner = people[min(int(self.random.triangular(0, len(people), 1)), len(people) - 1)]
            body = {
                "name": f"{WHAT[place % len(WHAT)]} {at:%Y}", "account": self.random.choice(accounts), "amount": self.amount(),
                "stage": "won" if won else "lost", "close_date": f"{at:%Y-%m-%d}", "closed_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
                "owner": owner,
            }  # fmt: skip
            if not won:
                body["lost_reason"] = self.random.choice(["price", "slow", "product", "competitor"])
            self.post("/records/opportunity", body)

    def leads(self, people: list[str]) -> None:
        """A few leads to work on."""
        for place, name in enumerate(CONTACTS):
            body = {
                "name": name, "company": f"{name[0]}氏装备", "mobile": f"1390000{place:04d}", "status": "new",
                "source": self.random.choice(["website", "exhibition", "referral"]), "owner": self.random.choice(people),
            }  # fmt: skip
            self.post("/records/lead", body)

    def tasks(self, person: str) -> None:
        """What the administrator has to do."""
        for place, subject in enumerate(
            ["给青禾精密回电", "把修订版报价发给临澜智能", "准备远汀物流的维保续约", "确认付款节点"]
        ):
            due = datetime.now(UTC) + timedelta(days=place - 1)
            self.post("/records/task", {"title": subject, "due_at": f"{due:%Y-%m-%dT%H:%M:%SZ}", "assignee": person})


def main() -> int:
    url, email, password = sys.argv[1:4]
    with httpx.Client(base_url=url, timeout=30, headers={"Accept-Language": "en"}) as client:
        client.post("/api/v1/session", json={"email": email, "password": password}).raise_for_status()
        Company(client).fill()
    print("The sample company is there.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
