"""Logos: what is one, and what is refused with the reason."""

import io

import pytest
from PIL import Image

from cs_workspace.common.refusals import RefusedError
from qbr.services.branding import MOST_BYTES, logo_from


def picture(kind="PNG", size=(300, 80), mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, "navy" if mode != "P" else 3).save(file, kind, **options)
    return file


def taken(file):
    return Image.open(io.BytesIO(logo_from(io.BytesIO(file.getvalue()), size=len(file.getvalue()))))


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("JPEG", "RGB"), ("JPEG", "CMYK")]
)
def test_a_picture_is_taken_as_png_or_jpeg(kind, mode):
    found = taken(picture(kind, mode=mode))
    assert found.format == kind
    assert found.size == (300, 80)


def test_a_large_one_is_made_small_in_its_proportions():
    assert taken(picture(size=(4000, 1000))).size == (800, 200)


def test_nothing_but_the_picture_is_left():
    file = picture("JPEG", comment=b"who took it, and where")
    assert b"who took it" not in logo_from(file, size=len(file.getvalue()))


@pytest.mark.parametrize(
    ("content", "size", "reason"),
    [
        (b"<svg onload='x'/>", None, "no PNG or JPEG"),
        (b"", None, "no PNG or JPEG"),
        (picture("GIF").getvalue(), None, "no PNG or JPEG"),
        (picture().getvalue()[:60], None, "damaged"),
        (picture(size=(8, 8)).getvalue(), None, "too small"),
        (picture().getvalue(), 10 * 1024 * 1024, "10.0 MB"),
        (picture().getvalue(), MOST_BYTES + 1, "2 MB at most"),
        (picture(size=(9000, 9000), mode="1").getvalue(), None, "too large"),
    ],
    ids=["svg", "empty", "gif", "torn", "tiny", "10 MB", "a byte too much", "a bomb"],
)
def test_what_is_no_logo_is_refused_with_the_reason(content, size, reason):
    with pytest.raises(RefusedError, match=reason):
        logo_from(io.BytesIO(content), size=len(content) if size is None else size)
