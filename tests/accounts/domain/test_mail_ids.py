"""How an e-mail is recognised in what comes back."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.mail_ids import message_id, reply_address, tokens_in


@given(st.uuids())
def test_what_was_written_is_found_again(token):
    assert tokens_in([message_id(token, "cs.example.com")]) == [token]
    assert tokens_in([reply_address("in@reply.example.com", token)]) == [token]


def test_several_are_given_once_each_in_their_order():
    first, second = uuid4(), uuid4()
    texts = [f"{message_id(first, 'x.com')} <other@x.com> {message_id(second, 'x.com')}", message_id(first, "x.com")]
    assert tokens_in(texts) == [first, second]


def test_an_address_written_in_capitals_is_found():
    token = uuid4()
    assert tokens_in([reply_address("In@Reply.example.com", token).upper()]) == [token]


@pytest.mark.parametrize("text", ["", "<notification-12@x.com>", f"<mail-{'0' * 31}@x.com>", f"e{'0' * 32}@x.com"])
def test_what_is_none_of_ours_is_not_found(text):
    assert tokens_in([text]) == []
