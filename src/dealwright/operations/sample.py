"""The command behind `dealwright demo`: make or reset the sample company, tell how to sign in, serve it."""

from __future__ import annotations

import sys
import time
import unicodedata
from datetime import date

from dealwright import demo
from dealwright.demo import words
from dealwright.foundation.services import Services

ROLES = {"administrator": "管理员 administrator", "sales_manager": "经理 manager", "salesperson": "销售 salesperson",
         "assistant": "助理 assistant"}  # fmt: skip


class Bar:
    """Progress on one line of a terminal, or every tenth of the way where the output is kept."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.told = -1
        self.live = sys.stdout.isatty()

    def __call__(self, day: date, done: int, total: int) -> None:
        """Say how far it has come."""
        tenth = done * 10 // total
        if not self.live and tenth == self.told and done < total:
            return
        self.told = tenth
        spent = time.monotonic() - self.began
        left = (
            f"  还需 {spent / done * (total - done):.0f} s left" if done * 20 > total else ""
        )  # not guessed too early
        line = f"{done * 100 // total:3d} %  {day:%Y-%m}  {done:,} / {total:,}{left}   "
        print(f"\r{line}" if self.live else line, end="" if self.live and done < total else "\n", flush=True)


def sample_company(services: Services, *, reset: bool, scale: float, seed: int) -> None:
    """Make the sample company unless it is there; with `reset` make it anew. Prints who can sign in."""
    if reset:
        demo.reset(services)
    state = demo.demo_state(services)
    if state is not None and state.ready:
        print(
            f"示例公司已经在了（建于 {state.day}） · The sample company of {state.day} is here; --reset makes it anew."
        )
    else:
        print("正在建立示例公司，约两分钟；中断后用 --reset 重来。 · Making the sample company, about two minutes.")
        began = time.monotonic()
        count = demo.make(services, Bar(), seed=seed, scale=scale)
        print(f"{count:,} 次保存，用时 {time.monotonic() - began:.0f} s · saves, in seconds")
    print(who_signs_in())


def who_signs_in() -> str:
    """Everybody's e-mail address and role, and the one password."""
    lines = [f"登录（所有人的密码都是）· Sign in, everybody with the password: {demo.PASSWORD}"]
    for one in words.PEOPLE:
        team = words.TEAMS[one.team] if one.team is not None else "—"
        lines.append(f"  {one.email:<20}{_wide(one.name, 10)}{_wide(team, 14)}{ROLES[one.role]}")
    return "\n".join(lines)


def _wide(text: str, columns: int) -> str:
    """Padded by what a terminal shows: a Chinese character takes two columns."""
    taken = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
    return text + " " * max(1, columns - taken)
