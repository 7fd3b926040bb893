"""What the browser gets: nothing in place that the content security policy refuses, nothing from other hosts."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import APPS, ROOT, named

MAIL = "mail"
FOLDERS = {*APPS, "admin", "components", "registration", "web"}
IN_PLACE = {
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*\btype=[\"']application/json)",
    "a style sheet in place": r"<style\b",
    "a style attribute": r"\sstyle\s*=",
    "an event handler": r"\son[a-z]+\s*=\s*[\"']",
    "hx-on": r"\bhx-on\b",
    "a script address": r"[\"']\s*javascript:",
}
ELSEWHERE = re.compile(r"(?:src|href|url)\s*[=(]\s*[\"']?\s*(?:https?:)?//(?!www\.w3\.org/)", re.IGNORECASE)


def templates() -> list[Path]:
    """Pages and fragments; e-mails are read by other programs and have other rules."""
    return sorted(path for path in (ROOT / "templates").rglob("*.html") if MAIL not in path.parts)


@pytest.mark.parametrize("what", IN_PLACE)
def test_no_page_holds_what_the_policy_refuses(what: str) -> None:
    pattern = re.compile(IN_PLACE[what], re.IGNORECASE)
    assert [named(path) for path in templates() if pattern.search(path.read_text())] == []


def test_nothing_comes_from_other_hosts() -> None:
    files = [*templates(), *(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    assert [named(path) for path in files if ELSEWHERE.search(path.read_text())] == []


def test_templates_lie_in_a_folder_of_their_app_or_of_what_all_share() -> None:
    found = {path.relative_to(ROOT / "templates").parts[0] for path in templates() if path.parent.name != "templates"}
    assert found <= FOLDERS


@pytest.mark.parametrize(
    ("what", "refused"),
    [
        ("an inline script", "<script>go()</script>"),
        ("an inline script", '<script nonce="n">go()</script>'),
        ("a style attribute", '<p style="width: 3px">'),
        ("an event handler", '<a onclick="go()">'),
        ("hx-on", '<form hx-on::after-request="go()">'),
    ],
)
def test_the_patterns_find_what_they_should(what: str, refused: str) -> None:
    assert re.search(IN_PLACE[what], refused, re.IGNORECASE)


@pytest.mark.parametrize("allowed", ['<script src="/a.js">', '<script type="application/json">', '<p data-style="x">'])
def test_the_patterns_leave_alone_what_is_fine(allowed: str) -> None:
    assert not any(re.search(pattern, allowed, re.IGNORECASE) for pattern in IN_PLACE.values())
