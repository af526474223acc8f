"""Settings, clock, ids, texts, refusals, files."""

import io
import re
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from dealwright.foundation.clock import FixedClock, SystemClock
from dealwright.foundation.errors import FieldError, Problem, forbidden, invalid, not_found, problem_body
from dealwright.foundation.files import FileStore
from dealwright.foundation.ids import new_id
from dealwright.foundation.settings import SETTINGS, SettingError, load_settings
from dealwright.foundation.textfold import fold
from dealwright.foundation.texts import files_of, say

# ---- settings


def test_without_any_variable_the_database_is_a_file_in_the_data_folder() -> None:
    settings = load_settings({})
    assert settings.database_url == f"sqlite:///{Path('data/dealwright.sqlite3').resolve()}"
    assert (settings.host, settings.port, settings.smtp_url) == ("127.0.0.1", 8000, None)
    assert (settings.secure_cookies, settings.threads, settings.with_worker) == (False, 4, True)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
        ("postgres://u@/n?host=/run", "postgresql+psycopg://u@/n?host=/run"),
        ("postgresql+psycopg://u@h/n", "postgresql+psycopg://u@h/n"),
        ("sqlite:////var/lib/x.db", "sqlite:////var/lib/x.db"),
    ],
)
def test_an_operators_address_becomes_the_drivers(given: str, used: str) -> None:
    assert load_settings({"DEALWRIGHT_DATABASE_URL": given}).database_url == used


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("DEALWRIGHT_PORT", "eighty", "80"),
        ("DEALWRIGHT_PORT", "65536", "65535"),
        ("DEALWRIGHT_PORT", "-1", "0"),
        ("DEALWRIGHT_THREADS", "0", "1"),
        ("DEALWRIGHT_LOG_LEVEL", "loud", "WARNING"),
        ("DEALWRIGHT_PUBLIC_URL", "crm.example.com", "https://crm.example.com/"),
        ("DEALWRIGHT_SECURE_COOKIES", "maybe", "1"),
        ("DEALWRIGHT_DATABASE_URL", "mysql://h/n", "postgresql://h/n"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str, good: str) -> None:
    with pytest.raises(SettingError, match=name):
        load_settings({name: value})
    load_settings({name: good})


def test_cookies_are_secure_behind_https_unless_told_otherwise() -> None:
    https = {"DEALWRIGHT_PUBLIC_URL": "https://crm.example.com"}
    assert load_settings(https).secure_cookies is True
    assert load_settings(https | {"DEALWRIGHT_SECURE_COOKIES": "0"}).secure_cookies is False


def test_every_variable_that_is_read_is_listed_in_order() -> None:
    from dealwright.foundation import settings

    source = Path(settings.__file__).read_text("utf-8")
    names = [setting.name for setting in SETTINGS]
    assert names == sorted(names)
    assert set(re.findall(r'get\("(\w+)"\)', source)) == set(names)


# ---- clock and ids


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=8))))
    assert clock.now() == datetime(2026, 11, 24, 2, 0, tzinfo=UTC) and clock.now().tzinfo is UTC
    clock.advance(days=1, seconds=5)
    assert clock.now() == datetime(2026, 11, 25, 2, 0, 5, tzinfo=UTC)
    with pytest.raises(ValueError):
        FixedClock(datetime(2026, 11, 24))
    assert SystemClock().now().tzinfo is UTC


def test_ids_are_version_7_and_grow() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", each) for each in ids
    )
    made = datetime.fromtimestamp(int(ids[0].replace("-", "")[:12], 16) / 1000, UTC)
    assert abs(made - datetime.now(UTC)) < timedelta(minutes=1)


def test_ids_of_many_threads_never_meet() -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend([new_id() for _ in range(2000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8000


# ---- texts and refusals


def test_every_sentence_stands_in_both_languages_with_the_same_blanks() -> None:
    zh, en = files_of("zh"), files_of("en")
    assert {name.replace("/zh.", "/en.") for name in zh} == set(en)
    for name, sentences in en.items():
        others = zh[name.replace("/en.", "/zh.")]
        assert set(sentences) == set(others), name
        for code, sentence in sentences.items():
            blanks = re.compile(r"\{[a-z_]+\}")
            assert set(blanks.findall(sentence)) == set(blanks.findall(others[code])), code


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_code_has_one_sentence(language: str) -> None:
    seen: dict[str, str] = {}
    for name, sentences in files_of(language).items():
        for code, sentence in sentences.items():
            assert seen.setdefault(code, sentence) == sentence, f"{code} in {name}"


def test_sentences_are_filled_in_the_readers_language() -> None:
    labels = {"zh": "客户", "en": "Account"}
    assert say("FORBIDDEN", "zh-CN", right=labels) == "你没有「客户」权限，请联系管理员授予。"
    assert (
        say("FORBIDDEN", "en-GB", right=[labels, "x"])
        == "You lack the right “Account, x”. Ask an administrator for it."
    )
    assert say("FORBIDDEN", "en", right="{right} {0} {x!r}") == (
        "You lack the right “{right} {0} {x!r}”. Ask an administrator for it."
    )
    assert say("NO_SUCH_CODE", "en") == "NO_SUCH_CODE"


def test_one_of_a_thing_is_said_in_the_singular() -> None:
    told = [say("STAGE_REFUSED", "en", count=n, stage="Proposal", fields=["Amount", "Account"][:n]) for n in (1, 2)]
    assert told == [
        "1 condition left before Proposal: Amount.",
        "2 conditions left before Proposal: Amount, Account.",
    ]
    assert say("STAGE_REFUSED", "zh-CN", count=1, stage="方案报价", fields=["金额"]) == (
        "还差 1 项，暂不能进入「方案报价」：金额。"
    )


def test_one_field_error_lends_its_code_and_many_are_counted() -> None:
    one, two = FieldError("name", "BAD_TEXT"), FieldError("day", "OUT_OF_RANGE", {"value": 5})
    single, both = invalid([one]), invalid([one, two])
    assert (single.status, single.code, single.field) == (422, "BAD_TEXT", "name")
    assert (both.status, both.code, both.field) == (422, "INVALID", None)
    body = problem_body(both, "en", "req-1")
    assert [(error["field"], error["code"]) for error in body["errors"]] == [
        ("name", "BAD_TEXT"),
        ("day", "OUT_OF_RANGE"),
    ]
    assert body["message"] == "2 entries need correction."
    assert body["errors"][1]["message"] == "The number 5 is too big or too long."
    assert (body["status"], body["code"], body["request_id"]) == (422, "INVALID", "req-1")
    assert problem_body(both, "zh-CN", None)["message"] == "有 2 处需要修改。"


def test_missing_and_forbidden_have_their_status() -> None:
    assert (not_found().status, not_found().code) == (404, "NOT_FOUND")
    assert (forbidden("export").status, forbidden("export").params["right"]) == (403, "export")
    assert str(invalid([FieldError("name", "BAD_TEXT")])) == "422 BAD_TEXT (name: BAD_TEXT)"


@pytest.mark.parametrize(
    ("one", "other"), [("ＡＢＣ１２", "abc12"), ("É", "é"), ("报价", "报价"), ("ЖΩ", "жω"), ("ﬁ", "fi")]
)
def test_texts_that_differ_in_case_and_width_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other) == fold(fold(one))
    assert fold(one) != fold(other + "x")


# ---- files


def test_a_file_is_kept_under_a_key_of_ours(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    stored = store.save(io.BytesIO(b"hello"), 5)
    assert (stored.size, stored.sha256[:8]) == (5, "2cf24dba")
    with store.open(stored.key) as file:
        assert file.read() == b"hello"


def test_a_file_that_is_too_big_leaves_nothing_behind(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    with pytest.raises(Problem) as refused:
        store.save(io.BytesIO(b"x" * 3_000_000), 2_999_999)
    assert (refused.value.status, refused.value.code) == (413, "TOO_BIG")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_full_disk_answers_storage_full_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: Any) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Problem) as refused:
        FileStore(tmp_path).save(io.BytesIO(b"x"), 5)
    assert (refused.value.status, refused.value.code) == (503, "STORAGE_FULL")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "", "..", "C:\\x", "0190\x00"])
def test_only_keys_of_ours_open_anything(tmp_path: Path, key: str) -> None:
    store = FileStore(tmp_path)
    with pytest.raises(FileNotFoundError):
        store.open(key)


def test_the_manual_lists_every_variable_as_it_is() -> None:
    manual = Path(__file__).parents[2] / "docs" / "packages" / "foundation.md"
    rows = re.findall(r"^\| `(DEALWRIGHT_\w+)` \| `?(.*?)`? \| (.*) \|$", manual.read_text("utf-8"), re.MULTILINE)
    assert rows == [(each.name, each.default or "empty", each.meaning) for each in SETTINGS]
