"""Names of customers: invented, each at most once in a company, each telling its trade."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from cs_workspace.web.demo.dice import streams
from cs_workspace.web.demo.places import plain


@dataclass(frozen=True)
class Trade:
    """An industry: the words that its companies are called by, and its quiet months where it has a season."""

    industry: str
    words: tuple[str, ...]
    low_season: tuple[int, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _trade(industry: str, words: str, *low_season: int) -> Trade:
    return Trade(industry, _words(words), low_season)


TRADES = (
    _trade("Logistics", "Logistics Freight Haulage Forwarding Cargo Transport Rail Shipping"),
    _trade("Healthcare", "Health Clinics Care Diagnostics Medical Therapeutics Dental Pharmacies"),
    _trade("Food and drink", "Foods Bakeries Dairy Roasters Provisions Brewery Kitchens Orchards"),
    _trade("Manufacturing", "Robotics Works Industries Machinery Tooling Components Castings Instruments"),
    _trade("Energy", "Energy Power Grid Solar Renewables Wind Utilities Heat"),
    _trade("Insurance", "Insurance Mutual Assurance Underwriting Cover Claims Risk Surety"),
    _trade("Finance", "Capital Finance Bank Payments Leasing Ledger Treasury Credit"),
    _trade("Software", "Labs Systems Software Analytics Cloud Digital Data Platforms"),
    _trade("Retail", "Retail Stores Outfitters Textiles Home Market Living Apparel"),
    _trade("Construction", "Construction Build Timber Concrete Homes Engineering Interiors Roofing"),
    _trade("Media", "Media Press Studios Publishing Broadcast Pictures Audio Records"),
    _trade("Professional services", "Partners Consulting Legal Advisory Audit Search Translations Associates"),
    _trade("Hotels and travel", "Hotels Resorts Travel Tours Ferries Lodges Cruises Camping", 11, 12, 1, 2),
    _trade("Education", "Academy College Learning Schools Institute Tutors Campus Education", 7, 8),
    _trade("Agriculture", "Farms Seeds Growers Vineyards Harvest Greenhouses Agri Fisheries", 12, 1, 2),
)
TRADE_OF = {word: trade for trade in TRADES for word in trade.words}

# Spoken to be remembered: the first customers of every demo are drawn from these.
KNOWN = (
    "Halden Logistics",
    "Brightwell Health",
    "Okavi Foods",
    "Castor & Lund Partners",
    "Meridian Rail",
    "Pellworm Energy",
    "Tessera Labs",
    "Vireo Insurance",
    "Solano Textiles",
    "Ardent Robotics",
    "Quill & Foundry Press",
    "Umber Hotels",
    "Corvid Media",
    "Lindgrove Construction",
    "Harbour & Hale Legal",
    "Fennimore Academy",
    "Saltmarsh Fisheries",
    "Ostrava Steel Works",
    "Juniper Clinics",
    "Kestrel Payments",
    "Halden Freight Nordic",
    "Halden Warehousing Logistics",
    "Halden Rail Cargo",
)
BEGINNINGS = _words(
    "Ald Alm Arn Ash Bel Ber Bran Bright Cal Carr Col Cor Dal Dor East El Er Fal Fen Fir Gar Glen Gran Hal Har Haz "
    "Hol Id Is Jar Jor Kal Kes Kil Kin Lang Lar Lin Lor Mal Mar Mel Mil Mor Nar Nev Nor Oak Ol Or Os Pel Pen Quar "
    "Rav Red Ren Ros Sal San Sil Sol Stan Sten Sun Tal Tam Ter Thorn Tor Ul Ur Val Var Vel Ver Wal Wes Whit Wil Win "
    "Wood Yar Zan Zel"
)
ENDINGS = _words(
    "ano ara aris aven berg borough by dale den eda ella en era field ford gate grove ham haven holm ia ido ina ington "
    "is ivo land lea lis low lund mark mere mond mont mora nova olin ona ora orn ova ridge sund ton una vale vik ward "
    "well wick win worth"
)
STEMS = tuple(
    dict.fromkeys(
        first + last
        for first in BEGINNINGS
        for last in ENDINGS
        if first[-1] != last[0] and last[:2] not in first.lower()  # nothing like Tororn
    )
)
WORDS = tuple(TRADE_OF)


def company_names(seed: int, count: int) -> list[str]:
    """`count` names, the known ones first; every name once. There are some 600,000 to draw from."""
    rng = streams(seed, 1)
    known = set(KNOWN)
    # A stride prime to the size visits every pair of stem and word once, far apart in turn.
    size = len(STEMS) * len(WORDS)
    stride = _prime_to(size, int(rng.integers(size // 3, size // 2)))
    place, names = int(rng.integers(size)), list(KNOWN[:count])
    while len(names) < count:
        name = f"{STEMS[place % len(STEMS)]} {WORDS[place // len(STEMS)]}"
        place = (place + stride) % size
        if name not in known:
            names.append(name)
    return names


def trade_of(name: str) -> Trade:
    """The trade that a name tells: that of its last word that has one."""
    words = [word for word in name.split() if word in TRADE_OF]
    return TRADE_OF[words[-1]] if words else TRADES[0]


def domain_of(name: str) -> str:
    """A web address that nobody can own, told apart like the names are."""
    return re.sub(r"[^a-z0-9]", "", plain(name)) + ".example"


def _prime_to(size: int, near: int) -> int:
    while np.gcd(size, near) != 1:
        near += 1
    return near
