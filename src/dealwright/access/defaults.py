"""The roles a new workspace starts with: the matrix of the manual's page on rights, as data.

They name no object: an object made tomorrow falls under the same settings. A starter file may bring other roles.
"""

from typing import Any

SALESPERSON_ROWS = 500  # most rows a salesperson may import or change in one go

# What an assistant may fill in wherever a field of this name exists; the rest is for reading.
ASSISTANT_FIELDS = (
    "name",
    "title",
    "subject",
    "status",
    "due_at",
    "description",
    "website",
    "phone",
    "mobile",
    "email",
    "wechat",
    "address",
    "region",
    "industry",
    "account",
    "contact",
    "related_to",
    "next_step",
    "notes",
    "tags",
    "files",
)

_ALL_RIGHTS = ["audit", "design", "manage_config", "manage_users"]


def _role(key: str, zh: str, en: str, default: dict[str, Any], rights: list[str] | None = None) -> dict[str, Any]:
    grants = {"rights": rights or [], "default": default, "objects": {}}
    return {"key": key, "labels": {"zh": zh, "en": en}, "grants": grants}


def _everything(sensitive: str) -> dict[str, Any]:
    return {
        "create": True,
        "read": "all",
        "update": "all",
        "delete": "all",
        "transfer": "all",
        "export": True,
        "import": True,
        "bulk": True,
        "level": "write",
        "sensitive": sensitive,
        "personal": "write",
        "amounts": "write",
    }


def administrator() -> dict[str, Any]:
    """The one role that sets everything; some active person always has it."""
    return _role("administrator", "管理员", "Administrator", _everything("write"), list(_ALL_RIGHTS))


def default_roles() -> list[dict[str, Any]]:
    """Specs {"key", "labels", "grants"} of the six roles of a sales workspace."""
    return [
        administrator(),
        _role("designer", "设计者", "Designer", {"read": "none", "level": "hidden"}, ["design"]),
        _role(
            "sales_manager",
            "销售经理",
            "Sales manager",
            {
                "create": True,
                "read": "team_tree",
                "update": "team_tree",
                "delete": "team_tree",
                "transfer": "team_tree",
                "export": True,
                "import": True,
                "bulk": True,
                "sensitive": "hidden",
            },
        ),
        _role(
            "salesperson",
            "销售",
            "Salesperson",
            {
                "create": True,
                "read": "own",
                "update": "own",
                "delete": "own",
                "transfer": "none",
                "export": False,
                "import": SALESPERSON_ROWS,
                "bulk": SALESPERSON_ROWS,
                "sensitive": "hidden",
            },
        ),
        _role(
            "assistant",
            "销售助理",
            "Assistant",
            {
                "create": True,
                "read": "team",
                "update": "team",
                "delete": "none",
                "transfer": "none",
                "export": False,
                "import": True,
                "bulk": True,
                "level": "read",
                "sensitive": "hidden",
                "amounts": "hidden",
                "fields": dict.fromkeys(ASSISTANT_FIELDS, "write"),
            },
        ),
        _role(
            "analyst",
            "分析员",
            "Analyst",
            {
                "read": "all",
                "update": "none",
                "delete": "none",
                "export": True,
                "level": "read",
                "sensitive": "hidden",
                "personal": "masked",
            },
        ),
    ]


def everybody_roles() -> list[dict[str, Any]]:
    """For a small team: an administrator, and everybody else sees and changes everything."""
    everybody = _role("salesperson", "成员", "Member", {**_everything("hidden"), "transfer": "all"})
    return [administrator(), everybody]
