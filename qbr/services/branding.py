"""Logos, taken in: what is a PNG or JPEG by its content is made small and written anew, anything else is refused."""

import io
import warnings
from typing import BinaryIO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from cs_workspace.common.refusals import RefusedError

MOST_BYTES: Final = 2 * 1024 * 1024
FORMATS: Final = ("PNG", "JPEG")
# More than any slide shows of it.
MOST_WIDTH, MOST_HEIGHT = 800, 400
# Larger pictures are no logos, and unpacking them takes memory.
MOST_PIXELS: Final = 40_000_000
LEAST_SIDE: Final = 16
QUALITY: Final = 90


def logo_from(file: BinaryIO, *, size: int) -> bytes:
    """The logo as decks hold it, out of an uploaded file of `size` bytes.

    It is drawn anew, so that nothing but the picture is left of the file. Raises `RefusedError` for a file that is too
    large, no PNG or JPEG by its content, damaged, or too small to be seen.
    """
    if size > MOST_BYTES:
        raise RefusedError(f"This file has {size / 1024 / 1024:.1f} MB. A logo has 2 MB at most.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
            _check(picture)
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedError("This picture is too large to be a logo.") from error
    except UnidentifiedImageError as error:
        raise RefusedError("This is no PNG or JPEG, whatever its name says.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise RefusedError("This picture is damaged. Save it once more as PNG or JPEG.") from error
    return _anew(picture)


def _check(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise RefusedError("This picture is too large to be a logo.")
    if min(width, height) < LEAST_SIDE:
        raise RefusedError(f"This picture is too small: {width} × {height} pixels. A logo has {LEAST_SIDE} at least.")


def _anew(picture: Image.Image) -> bytes:
    is_photo = picture.format == "JPEG"
    drawn = ImageOps.exif_transpose(picture).convert("RGB" if is_photo else "RGBA")
    drawn.info.clear()
    drawn.thumbnail((MOST_WIDTH, MOST_HEIGHT))
    written = io.BytesIO()
    if is_photo:
        drawn.save(written, "JPEG", quality=QUALITY)
    else:
        drawn.save(written, "PNG", optimize=True)
    return written.getvalue()
