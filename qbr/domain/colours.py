"""Colours that people chose, made readable by the contrast of WCAG 2.2; a colour is # and six hexadecimal digits."""

from typing import Final

WHITE, INK, BLACK = "#ffffff", "#1f2430", "#000000"
TEXT: Final = 4.5
DRAWN: Final = 3.0
STEPS: Final = 20


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, each 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """The ratio of contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(ground: str) -> str:
    """White or ink, whichever is read better on a ground; black where neither can be read."""
    best = max((WHITE, INK), key=lambda ink: contrast(ink, ground))
    return best if contrast(best, ground) >= TEXT else BLACK


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share of another, 0 to 1, in it."""
    parts = (round(a + (b - a) * share) for a, b in zip(channels(colour), channels(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def on_white(colour: str, least: float = TEXT) -> str:
    """The colour, made as dark as needed to be seen on white with so much contrast."""
    for step in range(STEPS + 1):
        darker = mixed(colour, INK, step / STEPS)
        if contrast(darker, WHITE) >= least:
            return darker
    return INK


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _shares(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _shares(colour: str) -> tuple[float, ...]:
    return tuple(part / 255 for part in channels(colour))
