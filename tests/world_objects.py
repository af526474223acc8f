"""The objects of the tests' small company, and its pipeline."""

from typing import Any


def labels(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def one(key: str, type_: str, **config: Any) -> dict[str, Any]:
    return {"key": key, "type": type_, "labels": labels(key, key.replace("_", " ").capitalize()), **config}


OPEN, WON, LOST = "open", "won", "lost"
STAGES = [
    {"key": "lead", "labels": labels("线索", "Lead"), "kind": OPEN, "probability": 10},
    {"key": "qualified", "labels": labels("需求", "Qualified"), "kind": OPEN, "probability": 30, "required": ["account"]},
    {
        "key": "proposal", "labels": labels("方案", "Proposal"), "kind": OPEN, "probability": 60,
        "required": ["amount", "close_date"], "hint": labels("先谈预算。", "Talk about the budget first."),
    },
    {"key": "won", "labels": labels("赢单", "Won"), "kind": WON, "probability": 100, "required": ["next_step"]},
    {"key": "lost", "labels": labels("输单", "Lost"), "kind": LOST, "probability": 0, "required": ["lost_reason"]},
]  # fmt: skip
OBJECTS: list[dict[str, Any]] = [
    {
        "key": "account", "labels": labels("客户", "Account"), "name_field": "name", "serial": "KH-{yyyy}-{00000}",
        "fields": [
            one("name", "text", required=True, unique=True, normalise="company"),
            one("phone", "phone", duplicate_warning=True),
            one("email", "email", duplicate_warning=True),
            one("parent", "relation", target="account"),
            one("industry", "select", options=[{"key": "software", "labels": labels("软件", "Software")},
                                               {"key": "food", "labels": labels("食品", "Food")}]),
            one("deals", "roll_up", object="opportunity", relation="account", op="count"),
            one("won_total", "roll_up", object="opportunity", relation="account", op="sum", field="amount",
                where={"field": "stage", "op": "eq", "value": "won"}),
            one("received", "roll_up", object="payment", relation="account", op="sum", field="amount"),
            one("open_balance", "formula", result="money",
                expression="coalesce({won_total}, 0) - coalesce({received}, 0)"),
            one("secret_cost", "money", sensitive=True),
        ],
    },
    {
        "key": "product", "labels": labels("产品", "Product"), "name_field": "name",
        "fields": [one("name", "text", required=True), one("price", "money")],
    },
    {
        "key": "opportunity", "labels": labels("商机", "Opportunity"), "name_field": "name",
        "serial": "SJ-{yyyy}-{00000}",
        "config": {"form": ["name", "account", "amount", "close_date", "stage", "next_step"],
                   "date_orders": [["start_date", "close_date"]]},
        "fields": [
            one("name", "text", required=True),
            one("account", "relation", target="account"),
            one("amount", "money", min=0),
            one("start_date", "date"),
            one("close_date", "date"),
            one("next_step", "text"),
            one("lost_reason", "text"),
            one("probability", "percent", scale=0),
            one("closed_at", "datetime"),
            one("stage", "stage"),
            one("competitors", "relation_many", target="account"),
            one("weighted", "formula", result="money", expression="round({amount} * {probability} / 100, 2)"),
            one("lines", "line_items", fields=[
                one("product", "relation", target="product", required=True),
                one("quantity", "number", scale=2, default=1),
                one("price", "money"),
                one("amount", "formula", result="money", expression="round({quantity} * {price}, 2)"),
            ]),
            one("list_total", "roll_up", object="opportunity_lines", relation="parent", op="sum", field="amount"),
            one("line_count", "roll_up", object="opportunity_lines", relation="parent", op="count"),
            one("discount", "formula", result="percent", expression="round((1 - {amount} / {list_total}) * 100, 2)"),
        ],
    },
    {
        "key": "payment", "labels": labels("回款", "Payment"), "name_field": "name",
        "fields": [
            one("name", "text", required=True),
            one("account", "relation", target="account", required=True),
            one("amount", "money"),
        ],
    },
]  # fmt: skip
