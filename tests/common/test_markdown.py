import pytest

from cs_workspace.common.markdown import PlainLine, as_plain, first_line, plain_lines, render


def test_formatting_lists_tables_and_links_are_kept():
    html = render("**Risk**\n\n- one\n- two\n\n[us](https://example.com)\n\n|a|b|\n|-|-|\n|1|2|")
    assert "<strong>Risk</strong>" in html
    assert "<li>one</li>" in html
    assert '<a href="https://example.com" rel="noopener noreferrer nofollow">us</a>' in html
    assert "<td>1</td>" in html


def test_headings_stand_below_those_of_the_page():
    assert render("# Big\n\n## Less") == "<h3>Big</h3>\n<h4>Less</h4>\n"
    assert render("### Alone") == "<h3>Alone</h3>\n"


def test_headings_never_skip_a_level_downwards():
    html = render("## One\n#### Two\n# Three\n###### Four")
    assert html == "<h3>One</h3>\n<h4>Two</h4>\n<h3>Three</h3>\n<h4>Four</h4>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://spy.example/pixel.png)",
        '<a href="x" onclick="alert(1)">x</a>',
        '<p style="position:fixed">x</p>',
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
def test_nothing_in_a_note_can_do_harm(attack):
    html = render(attack)
    for evil in ("<script", "<img", 'href="javascript:', 'href="data:', '<a href="x"', "<p style"):
        assert evil not in html


def test_the_first_line_stands_for_the_note_in_lists():
    assert first_line("\n\n## **Renewal** in doubt\nmore") == "Renewal in doubt"
    assert first_line("  \n") == ""


def test_plain_lines_say_what_markdown_says_without_its_signs():
    text = "# Head\n\nSome **bold** [link](https://x.example) `code`\nnext\n\n- one\n  - two\n"
    text += "\n```\nx = 1\n```\n<b>raw</b>"
    assert plain_lines(text) == [
        PlainLine("Head", is_point=False, is_heading=True),
        PlainLine("Some bold link code", is_point=False, is_heading=False),
        PlainLine("next", is_point=False, is_heading=False),
        PlainLine("one", is_point=True, is_heading=False),
        PlainLine("two", is_point=True, is_heading=False),
        PlainLine("x = 1", is_point=False, is_heading=False),
        PlainLine("<b>raw</b>", is_point=False, is_heading=False),
    ]
    assert plain_lines(" \n") == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Hello **Ana**,\nhow are *you*?", "Hello Ana,\nhow are you?"),
        ("- one\n- two\n\nAfter", "- one\n- two\n\nAfter"),
        ("3. three\n4. four\n   more\n   - inner", "3. three\n4. four\n   more\n  - inner"),
        ("See [the guide](https://x.com/a).", "See the guide (https://x.com/a)."),
        ("<https://x.com> and <ana@x.com>", "https://x.com and ana@x.com"),
        ("# Head\n\ntext", "Head\n\ntext"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\nend", "a | b\n1 | 2\n\nend"),
        (r"5 \* 3 <b>x</b>", "5 * 3 <b>x</b>"),
        ("```\ncode\n  more\n```", "code\n  more"),
        ("", ""),
    ],
)
def test_an_e_mail_of_plain_text_says_it_without_signs_and_with_addresses(text, plain):
    assert as_plain(text) == plain
