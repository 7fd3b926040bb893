import pytest

from cs_workspace.common.upserting import Written, array_text, literal


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        (None, "NULL"),
        (True, "true"),
        (7, "7"),
        ([], "'{}'"),
        ({}, "'{}'"),
        ("O'Neill 100%", "'O''Neill 100%%'"),
    ],
)
def test_plain_values_become_sql(value, sql):
    assert literal(value) == sql


def test_words_become_the_text_of_an_array():
    assert (
        array_text(["key", 'odd "one"', "back\\slash", "a,b", ""]) == '{"key","odd \\"one\\"","back\\\\slash","a,b",""}'
    )


def test_what_was_written_adds_up_and_names_each_row_once():
    written = Written([1, 2], [3]) + Written([4], [3])
    assert (written.new, written.changed, written.all) == ([1, 2, 4], [3, 3], {1, 2, 3, 4})
