"""What follows from what mail servers tell, and what somebody wrote themselves."""

import pytest

from accounts.domain.mail_events import Follows, follows_from, is_automatic, own_words, says_no_such_address

DEAD, UNDELIVERED = Follows.ADDRESS_IS_DEAD, Follows.NOT_DELIVERED


@pytest.mark.parametrize(
    ("kind", "reason", "answer", "passing", "expected"),
    [
        ("delivered", None, "250 ok", False, Follows.NOTHING),
        ("opened", None, "", False, Follows.NOTHING),
        ("deferred", "bounced", "452 4.2.2 full", False, Follows.NOTHING),
        ("bounced", "bounced", "550 5.1.1 no such user", False, DEAD),
        ("bounced", "invalid", "", False, DEAD),
        ("bounced", None, "550 5.1.1 no such user", False, DEAD),
        ("bounced", None, "", False, UNDELIVERED),
        ("bounced", "blocked", "550 5.7.1 policy", False, UNDELIVERED),
        ("bounced", "timed_out", "", False, UNDELIVERED),
        ("bounced", "bounced", "", True, UNDELIVERED),
        ("bounced", "bounced", "452 4.2.2 mailbox full", False, UNDELIVERED),
        ("bounced", "bounced", "552 5.2.2 mailbox full", False, UNDELIVERED),
        ("rejected", "bounced", "", False, DEAD),
        ("rejected", "spam", "", False, Follows.IS_SPAM_TO_THEM),
        ("rejected", "unsubscribed", "", False, Follows.WANTS_NO_MORE),
        ("rejected", "blocked", "", False, UNDELIVERED),
        ("rejected", None, "", False, UNDELIVERED),
        ("complained", "spam", "", False, Follows.IS_SPAM_TO_THEM),
        ("unsubscribed", None, "", False, Follows.WANTS_NO_MORE),
    ],
)
def test_what_follows_from_an_event(kind, reason, answer, passing, expected):
    assert follows_from(kind, reason, answer, is_passing=passing) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("550 5.1.1 <ana@x.com>: no such user", True),
        ("550 5.1.10 recipient not found", True),
        ("553 5.1.3 bad address", True),
        ("550 5.7.1 blocked", False),
        ("452 4.1.1 try later", False),
        ("550 no", False),
        ("", False),
    ],
)
def test_a_server_says_that_there_is_no_such_address_by_its_code(answer, expected):
    assert says_no_such_address(answer) is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"auto_submitted": "no"}, False),
        ({"auto_submitted": "auto-replied; owner=x"}, True),
        ({"precedence": "Auto_Reply"}, True),
        ({"precedence": "first-class"}, False),
        ({"other": ["", "yes"]}, True),
    ],
)
def test_a_program_that_answers_is_no_reply(headers, expected):
    assert is_automatic(**({"auto_submitted": "", "precedence": "", "other": []} | headers)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Yes, Tuesday.\r\n\r\nOn Mon, 3 Mar 2025 at 10:00, Dana Reyes\r\n<dana@us.com> wrote:\r\n> Hello",
            "Yes, Tuesday.",
        ),
        ("Gern.\n\nAm 03.03.2025 um 10:00 schrieb Dana Reyes:\n\n> Hallo", "Gern."),
        ("Ok\n\n-----Original Message-----\nFrom: Dana", "Ok"),
        ("Ok\n\nFrom: Dana Reyes <dana@us.com>\nSent: Monday", "Ok"),
        ("Ok\n________________________________\nFrom: Dana", "Ok"),
        ("> quoted\nmine\n> quoted", "mine"),
        ("On balance we like it.\nMore tomorrow.", "On balance we like it.\nMore tomorrow."),
        ("", ""),
    ],
)  # fmt: skip
def test_their_own_words_end_where_the_quote_begins(text, expected):
    assert own_words(text) == expected
