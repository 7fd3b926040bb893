"""PDF files of decks, read again."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from qbr.queries.deck_pdf import pdf_of
from tests.qbr.decks import LOOK, content, crowded, empty, full
from tests.qbr.queries.test_deck_pptx import png


def read(deck):
    return PdfReader(io.BytesIO(pdf_of(deck)))


@pytest.mark.parametrize("facts", [full(), empty(), crowded()], ids=["full", "empty", "crowded"])
def test_it_has_a_page_for_each_slide(facts):
    deck = content(facts)
    file = read(deck)
    assert len(file.pages) == len(deck.slides)
    assert {(float(page.mediabox.width), float(page.mediabox.height)) for page in file.pages} == {(959.976, 540)}


def test_it_says_what_the_slides_say():
    pages = [" ".join(page.extract_text().split()) for page in read(content()).pages]
    assert "Larkspur Robotics" in pages[0]
    for words in ("Health score", "78", "71 before", "Healthy", "€96,000"):
        assert words in pages[2], words
    assert "Shorter quarterly closing" in pages[3]
    assert "Northwind CS · Confidential" in pages[3]


def test_it_shows_a_logo():
    file = read(content(look=replace(LOOK, logo=png())))
    assert [len(page.images) for page in file.pages] == [1] * len(file.pages)


def test_words_that_look_like_markup_are_set_as_they_are():
    facts = replace(full(), account=replace(full().account, name="#panic() *x* $y$"))
    assert "#panic() *x* $y$" in read(content(facts)).pages[0].extract_text()
