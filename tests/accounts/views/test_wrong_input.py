"""Every form of daily work, filled in as nobody should: it says by the field what is wrong, and never fails."""

import pytest

from tests.accounts.views.every_form import FORMS, Opened, errors_of, is_done
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert('x')</script>"
WRONG = {
    "nothing": "",
    "spaces": "   ",
    "10,000 characters": "x" * 10_000,
    "10,000 digits": "9" * 10_000,
    "a NUL byte": "a\0b",
    "emoji": "🚀👩‍👩‍👧‍👦",
    "right to left": "\u202eمرحبا",
    "HTML": SCRIPT,
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "31 February": "2026-02-31",
    "the last moment": "9999-12-31T23:59",
    "a negative number": "-1",
    "no number": "NaN",
    "infinite": "1e400",
    "thousands": "1,000,000",
    "2 to the 63rd": str(2**63),
    "picked, of many digits": f"Nobody (#{'9' * 5000})",
    "a number of another alphabet": "²",
}
# Of these a field takes more than of the others, so that they come further.
SNEAKY = ("10,000 characters", "the last day", "2 to the 63rd")


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_filled_in_well_is_accepted(name: str, cast: Cast):
    answer = Opened(cast, name).send()
    assert is_done(answer), errors_of(answer)


@pytest.mark.parametrize("name", FORMS)
def test_the_same_wrong_thing_in_every_field_is_said_and_kept(name: str, cast: Cast):
    form = Opened(cast, name)
    fields = form.fields
    for kind, typed in WRONG.items():
        with form.trying():
            answer = form.send(**dict.fromkeys(fields, typed))
            assert answer.status_code in (200, 422), f"{kind}: {answer.status_code}"
            if answer.status_code == 422:
                assert errors_of(answer), f"{kind} is refused without a word"
                assert 'role="alert"' in answer.content.decode(), f"{kind}: nobody sees what is wrong"
            if kind == "HTML":
                assert SCRIPT not in answer.content.decode()


@pytest.mark.parametrize("name", FORMS)
def test_one_wrong_thing_among_what_is_well_never_fails(name: str, cast: Cast):
    form = Opened(cast, name)
    for field in form.fields:
        for kind in SNEAKY:
            typed = WRONG.get(kind, kind)
            with form.trying():
                answer = form.send(**{field: typed})
                assert answer.status_code in (200, 422), f"{kind} in {field}: {answer.status_code}"
                if answer.status_code == 422:
                    assert errors_of(answer), f"{kind} in {field} is refused without a word"


@pytest.mark.parametrize("name", FORMS)
def test_a_form_without_its_hidden_parts_says_that_it_is_to_be_opened_again(name: str, cast: Cast):
    form = Opened(cast, name)
    for hidden in {"version", "key", "count", "seen"} & set(form.names):
        for typed in ("", "abc", "9" * 5000, "-1", "[" * 50_000, '{"Title": "\\ud800"}', "a\0b"):
            with form.trying():
                answer = form.send(**{hidden: typed})
                assert answer.status_code in (200, 409, 422), f"{hidden}={typed[:20]!r}: {answer.status_code}"
                if answer.status_code == 422:
                    assert 'role="alert"' in answer.content.decode(), f"{hidden}={typed[:20]!r}: nobody sees why"


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_brings_nothing_is_not_accepted_and_says_so(name: str, cast: Cast):
    form = Opened(cast, name)
    answer = form.client.post(form.filled.url, {"account": form.data.get("account", "")})
    assert answer.status_code in (200, 302, 422)
