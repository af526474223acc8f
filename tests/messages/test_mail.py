"""Mails through a real mail server on this machine: what arrives, what is refused, and that nothing is sent twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from dealwright import app as application
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.errors import Problem
from dealwright.foundation.outbox import Worker, dw_job
from dealwright.foundation.settings import SettingError
from dealwright.messages.mail import Letter, MailServer, sending
from dealwright.messages.mail.letters import html, message_of
from dealwright.messages.mail.tables import dw_mail
from dealwright.people import endpoints
from support.desk import Desk
from support.mailbox import Mailbox, mailbox

PUBLIC = "https://crm.example.com"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    endpoints._limiter.storage.reset()
    with mailbox() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def mailing(request: pytest.FixtureRequest, open_desk: Any, box: Mailbox, clock: FixedClock) -> Desk:
    """A workspace that sends its mail to the box."""
    desk: Desk = open_desk(request.param, clock=clock)
    desk.services.settings = replace(
        desk.services.settings, smtp_url=box.url, public_url=PUBLIC, mail_from="desk@crm.example.com"
    )
    return desk


def jobs(desk: Desk) -> list[tuple[str, int]]:
    """(state, attempts) of the mails' jobs."""
    query = sa.select(dw_job.c.state, dw_job.c.attempts).where(dw_job.c.topic == "mail.requested")
    return [(row[0], row[1]) for row in desk.ask(query.order_by(dw_job.c.id))]


def states(desk: Desk) -> list[str]:
    return [row[0] for row in desk.ask(sa.select(dw_mail.c.state).order_by(dw_mail.c.job_id))]


def invite(desk: Desk, email: str = "new@example.com", **more: Any) -> Any:
    body = {"name": "顾南乔", "email": email, "roles": ["salesperson"], "mail": True, **more}
    return desk.admin.call("POST", "/users", body)


def link_in(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    found = re.search(r"https://\S+", part.get_content())
    assert found
    return found[0]


# ── what arrives ──


def test_an_invitation_arrives_and_its_link_opens(mailing: Desk, box: Mailbox, no_sockets_inside_units: None) -> None:
    made = invite(mailing, locale="zh-CN")
    assert made.status_code == 201 and made.json()["mailed"] is True and "invitation" not in made.json()
    mailing.work()
    (mail,) = box.mails
    assert mail["To"] == "顾南乔 <new@example.com>" and box.envelopes == [("desk@crm.example.com", ["new@example.com"])]
    assert mail["Subject"] == "Ada Admin邀请你加入「Test」" and mail["From"] == "Dealwright <desk@crm.example.com>"
    link = link_in(mail)
    assert link.startswith(f"{PUBLIC}/invitation?token=")
    page = mail.get_body(("html",))
    assert page is not None and link in page.get_content() and "<script" not in page.get_content()
    body = {"token": link.partition("token=")[2], "password": "harbour lamp 42"}
    assert mailing.client.post("/api/v1/invitations/accept", json=body).status_code == 201
    assert (jobs(mailing), states(mailing)) == ([("done", 1)], ["sent"])


def test_no_job_and_no_table_holds_the_secret_of_a_link(mailing: Desk, box: Mailbox) -> None:
    invite(mailing)
    mailing.work()
    secret = link_in(box.mails[0]).partition("token=")[2]
    with mailing.db.read() as uow:
        for name in sa.inspect(uow.conn).get_table_names():
            assert secret not in str(uow.raw(f'SELECT * FROM "{name}"')), name


def test_a_forgotten_password_is_mailed_in_the_persons_language(mailing: Desk, box: Mailbox) -> None:
    sam = mailing.user_id("sam@example.com")
    assert mailing.admin.call("PATCH", f"/users/{sam}", {"locale": "zh-CN"}).status_code == 200
    mailing.client.post("/api/v1/password/forgot", json={"email": " SAM@example.com "})
    mailing.work()
    (mail,) = box.mails
    assert mail["Subject"] == "重设「Test」的密码"
    body = {"token": link_in(mail).partition("token=")[2], "password": "harbour lamp 42"}
    assert mailing.client.post("/api/v1/password/reset", json=body).status_code == 201


def test_nobody_is_told_whether_an_address_is_known(mailing: Desk, box: Mailbox) -> None:
    answers = [
        mailing.client.post("/api/v1/password/forgot", json={"email": email})
        for email in ("sam@example.com", "nobody@example.com")
    ]
    assert {(a.status_code, a.text) for a in answers} == {(202, '{"mail":true}')}
    assert jobs(mailing) == [("ready", 0), ("ready", 0)]  # the same work for both
    mailing.work()
    assert [mail["To"] for mail in box.mails] == ["Sam Seller <sam@example.com>"]


def test_one_address_gets_at_most_three_mails_an_hour_and_the_asker_is_not_told(mailing: Desk, box: Mailbox) -> None:
    answers = {mailing.client.post("/api/v1/password/forgot", json={"email": "sam@example.com"}).text for _ in range(5)}
    mailing.work()
    assert len(box.mails) == 3 and answers == {'{"mail":true}'}


def test_somebody_disabled_or_in_already_gets_no_invitation(mailing: Desk, box: Mailbox) -> None:
    made = invite(mailing).json()
    mailing.admin.call("PATCH", f"/users/{made['id']}", {"status": "disabled"})
    mailing.client.post("/api/v1/password/forgot", json={"email": "new@example.com"})
    mailing.work()
    assert box.mails == [] and {state for state, _ in jobs(mailing)} == {"done"}


def test_several_people_are_invited_at_once_and_a_bad_line_does_not_stop_the_others(
    mailing: Desk, box: Mailbox
) -> None:
    people = [{"name": "A", "email": "a@example.com"}, {"name": "B", "email": "not-one"},
              {"name": "Sam", "email": "sam@example.com"}, {"name": "C", "email": "c@example.com"}]  # fmt: skip
    answer = mailing.admin.call("POST", "/users/several", {"people": people, "roles": ["salesperson"], "mail": True})
    told = answer.json()["people"]
    assert [("mailed" in one, "problem" in one) for one in told] == [
        (True, False),
        (False, True),
        (False, True),
        (True, False),
    ]
    mailing.work()
    assert sorted(mail["To"].addresses[0].addr_spec for mail in box.mails) == ["a@example.com", "c@example.com"]


def test_without_a_mail_server_nothing_is_queued_and_the_screens_are_told(mailing: Desk) -> None:
    mailing.services.settings = replace(mailing.services.settings, smtp_url=None)
    assert invite(mailing).json()["code"] == "MAIL_NOT_SET_UP"
    assert mailing.client.post("/api/v1/password/forgot", json={"email": "sam@example.com"}).json() == {"mail": False}
    assert mailing.admin.get("/me")["workspace"]["mail"] is False and jobs(mailing) == []


def test_links_never_lead_where_a_request_says(mailing: Desk, box: Mailbox) -> None:
    """Without an address set by the operator there is no mail: the Host header is a stranger's to write."""
    body = {"email": "sam@example.com"}
    mailing.client.post("/api/v1/password/forgot", json=body, headers={"Host": "evil.example.net"})
    mailing.work()
    assert link_in(box.mails[0]).startswith(PUBLIC)
    mailing.services.settings = replace(mailing.services.settings, public_url=None)
    assert mailing.client.post("/api/v1/password/forgot", json=body).json() == {"mail": False}


# ── what goes wrong ──


def test_a_refused_recipient_is_given_up_with_the_servers_words(mailing: Desk, box: Mailbox) -> None:
    box.refuse["new@example.com"] = "550 no such person here"
    invite(mailing)
    mailing.work()
    assert (box.mails, jobs(mailing), states(mailing)) == ([], [("dead", 1)], ["refused"])
    (job,) = mailing.admin.get("/operations/jobs?state=dead")["jobs"]
    assert "550 no such person here" in job["error"] and job["mail"]["to"] == "new@example.com"
    assert "payload" not in job
    box.refuse.clear()
    assert mailing.admin.post("/operations/jobs/replay", {"id": job["id"]}) == {"count": 1}
    mailing.work()
    assert len(box.mails) == 1 and jobs(mailing) == [("done", 1)]


def test_a_busy_server_is_asked_again_later(mailing: Desk, box: Mailbox, clock: FixedClock) -> None:
    box.refuse["new@example.com"] = "450 not now"
    invite(mailing)
    mailing.work()
    assert (jobs(mailing), states(mailing)) == ([("ready", 1)], ["waiting"])
    box.refuse.clear()
    clock.advance(seconds=5)
    mailing.work()
    assert len(box.mails) == 1 and jobs(mailing) == [("done", 2)]


def test_a_server_that_is_away_is_asked_again_later(mailing: Desk, box: Mailbox, clock: FixedClock) -> None:
    here = mailing.services.settings
    mailing.services.settings = replace(here, smtp_url="smtp://127.0.0.1:1")
    invite(mailing)
    mailing.work()
    assert (jobs(mailing), states(mailing)) == ([("ready", 1)], ["waiting"])
    mailing.services.settings = here
    clock.advance(seconds=5)
    mailing.work()
    assert len(box.mails) == 1


def test_a_mail_whose_answer_was_lost_is_sent_once_more_as_the_same_mail(
    mailing: Desk, box: Mailbox, clock: FixedClock
) -> None:
    box.after_data = "hang up"
    invite(mailing)
    mailing.work()
    assert states(mailing) == ["sending"]
    first = mailing.ask(sa.select(dw_mail.c.message_id))[0][0]
    box.after_data = "250 taken"
    clock.advance(seconds=5)
    mailing.work()
    assert [mail["Message-ID"] for mail in box.mails] == [first] and states(mailing) == ["sent"]


def test_lost_twice_a_person_decides(mailing: Desk, box: Mailbox, clock: FixedClock) -> None:
    box.after_data = "hang up"
    invite(mailing)
    for _ in range(4):
        mailing.work()
        clock.advance(seconds=60)
    assert [state for state, _ in jobs(mailing)] == ["unknown"]


def test_a_worker_that_dies_while_sending_does_not_send_twice_by_itself(
    mailing: Desk, box: Mailbox, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the mail server took the mail and before it was noted: the next worker sends the same mail once more."""

    class Killed(BaseException):
        pass

    def die(*_: Any) -> None:
        raise Killed

    invite(mailing)
    real = sending.settle
    for _ in range(2):
        monkeypatch.setattr(sending, "settle", die)
        with pytest.raises(Killed):
            mailing.work()
        clock.advance(minutes=5)  # the lease runs out
    monkeypatch.setattr(sending, "settle", real)
    Worker(mailing.db, application.handlers(mailing.services), clock, "next").turn()
    assert len({mail["Message-ID"] for mail in box.mails}) == 1 and len(box.mails) == 2
    assert [state for state, _ in jobs(mailing)] == ["unknown"]


def test_a_mail_that_is_noted_as_sent_is_not_sent_again(mailing: Desk, box: Mailbox) -> None:
    invite(mailing)
    mailing.work()
    with mailing.db.write() as uow:
        uow.conn.execute(sa.update(dw_job).values(state="ready", done_at=None))
    mailing.work()
    assert len(box.mails) == 1


# ── the mail server's address ──


def test_the_address_of_a_mail_server_in_all_its_forms() -> None:
    found = MailServer.of("smtp://a%40b.cn:p%3Aw@mail.example.com")
    assert (found.host, found.port, found.user, found.password) == ("mail.example.com", 587, "a@b.cn", "p:w")
    assert MailServer.of("smtps://mail.example.com").port == 465
    assert MailServer.of("smtp://mail.example.com:25?starttls=off").starttls == "off"
    for wrong in ("http://x", "smtp://", "smtp://h:x", "smtp://h?starttls=maybe", "mail.example.com"):
        with pytest.raises(SettingError):
            MailServer.of(wrong)


def test_a_server_that_wants_a_name_and_a_password_gets_them() -> None:
    with mailbox(with_login=True) as box:
        letter = message_of(Letter("x@example.com", "X", "Hi", "Text"), "me@example.com", "Me", "<1@x>", "now")
        server = MailServer.of(box.url.replace("smtp://", "smtp://me:right@"))
        server.send(letter, "me@example.com", "x@example.com")
        assert box.logins[-1] == ("me", "right") and len(box.mails) == 1


def test_a_server_without_starttls_is_refused_when_it_is_required(box: Mailbox) -> None:
    server = MailServer.of(f"{box.url}?starttls=require")
    letter = message_of(Letter("x@example.com", "X", "Hi", "Text"), "me@example.com", "Me", "<1@x>", "now")
    with pytest.raises(sending.NotSent, match="STARTTLS"):
        server.send(letter, "me@example.com", "x@example.com")
    assert box.mails == []


# ── headers ──

EVIL = [
    "a\r\nBcc: all@example.com",
    "a\nSubject: other",
    "a\x00b",
    "a\u2028Bcc: x",
    "\r\n\r\n<script>alert(1)</script>",
]


@pytest.mark.parametrize("text", EVIL)
def test_no_name_and_no_subject_forges_a_header(text: str) -> None:
    letter = Letter("x@example.com", text, f"Hello {text}", f"Text {text}")
    mail = message_of(letter, "me@example.com", text, "<1@x>", "now")
    assert {name.lower() for name, _ in mail.items()} <= {
        "subject", "from", "to", "message-id", "date", "auto-submitted", "mime-version", "content-type"
    }  # fmt: skip
    assert len(mail.get_all("subject", [])) == 1 and len(mail["to"].addresses) == 1
    assert "<script>" not in html(letter)


@pytest.mark.parametrize("address", ["a@b, c@d", "a@b\r\nBcc: x@y", "a b@c", "<a@b>", "", "no-at", "x" * 400 + "@y"])
def test_what_is_no_address_is_no_recipient(address: str) -> None:
    with pytest.raises(Problem):
        message_of(Letter(address, "X", "Hi", "Text"), "me@example.com", "Me", "<1@x>", "now")
