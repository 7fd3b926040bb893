"""Where customers are: countries with their share, zone and currency, and the names that people have there."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Country:
    """A country of customers; `share` is a weight among all, `people` names the pool of names."""

    name: str
    zone: str
    currency: str
    share: float
    people: str
    dialling: str


COUNTRIES = (
    Country("Germany", "Europe/Berlin", "EUR", 17, "german", "+49 30"),
    Country("United Kingdom", "Europe/London", "GBP", 13, "english", "+44 20"),
    Country("Sweden", "Europe/Stockholm", "SEK", 9, "nordic", "+46 8"),
    Country("Netherlands", "Europe/Amsterdam", "EUR", 8, "dutch", "+31 20"),
    Country("Norway", "Europe/Oslo", "EUR", 7, "nordic", "+47 22"),
    Country("Denmark", "Europe/Copenhagen", "EUR", 6, "nordic", "+45 33"),
    Country("Finland", "Europe/Helsinki", "EUR", 6, "finnish", "+358 9"),
    Country("France", "Europe/Paris", "EUR", 7, "french", "+33 1"),
    Country("United States", "America/New_York", "USD", 9, "english", "+1 212"),
    Country("Spain", "Europe/Madrid", "EUR", 4, "southern", "+34 91"),
    Country("Italy", "Europe/Rome", "EUR", 4, "southern", "+39 02"),
    Country("Poland", "Europe/Warsaw", "EUR", 3, "polish", "+48 22"),
    Country("Austria", "Europe/Vienna", "EUR", 2, "german", "+43 1"),
    Country("Switzerland", "Europe/Zurich", "CHF", 2, "german", "+41 44"),
    Country("Ireland", "Europe/Dublin", "EUR", 2, "english", "+353 1"),
    Country("Canada", "America/Toronto", "USD", 1, "english", "+1 416"),
)
COUNTRY = {country.name: country for country in COUNTRIES}

# What one unit is worth in euros, by the first day of a half-year before the history and of one within it.
RATES = {"GBP": ("1.16", "1.15"), "USD": ("0.93", "0.91"), "SEK": ("0.087", "0.089"), "CHF": ("1.04", "1.06")}

FIRST_NAMES = {
    "german": "Anna Jonas Katrin Lukas Miriam Felix Sabine Stefan Jana Tobias Nadine Markus Leonie Holger Petra Ralf "
    "Claudia Sven Birgit Matthias Franziska Ulrich Heike Dennis",
    "english": "Emily James Priya Oliver Hannah Daniel Grace Marcus Chloe Andrew Zoe Samuel Leah Nathan Farah Colin "
    "Ruth Gareth Naomi Simon Bethany Kwame Fiona Adrian",
    "nordic": "Ingrid Lars Astrid Erik Sofie Anders Maja Henrik Linnea Mikkel Freja Sindre Kari Johan Solveig Oskar "
    "Tuva Rasmus Elin Jesper Signe Magnus Hedda Nils",
    "dutch": "Sanne Daan Lotte Bram Femke Joost Anouk Sander Marijke Thijs Eva Ruben Iris Jeroen Maud Wouter Noor "
    "Pieter Esther Koen Roos Gijs Fleur Maarten",
    "finnish": "Aino Eero Kaisa Juha Leena Mikko Riikka Antti Tiina Ville Noora Petri Hanna Janne Satu Timo Elina "
    "Kimmo Outi Pasi Maija Jarkko Heidi Olli",
    "french": "Camille Julien Claire Antoine Manon Olivier Sophie Mathieu Elodie Nicolas Amélie Laurent Inès Thomas "
    "Hélène Bruno Margaux Damien Nathalie Yann Céline Rémi Aurélie Pascal",
    "southern": "Lucía Marco Elena Diego Giulia Pablo Chiara Andrés Marta Luca Carmen Paolo Silvia Javier Francesca "
    "Álvaro Beatriz Matteo Irene Stefano Nuria Davide Laura Iván",
    "polish": "Agnieszka Piotr Magdalena Tomasz Ewa Marcin Kasia Paweł Joanna Krzysztof Zofia Michał Monika Adam "
    "Natalia Bartosz Alicja Rafał Dorota Kamil Iwona Jakub Beata Wojciech",
}
LAST_NAMES = {
    "german": "Roth Keller Brandauer Vogel Lindner Hartwig Seidel Kuhn Baumann Riedel Ziegler Pfeiffer Albrecht Voss "
    "Engel Krämer Jahn Thoma Oster Reinhardt Busse Wendt Grimm Falk",
    "english": "Hughes Patel Carver Bennett Osborne Whitlock Mensah Fraser Dalton Harper Sinclair Reeves Marlow Kemp "
    "Ashworth Nolan Pryce Sutton Barlow Okoro Langley Tate Finch Doyle",
    "nordic": "Lindqvist Hansen Bergström Dahl Nyström Solberg Holm Ekman Fjeld Sandvik Lund Mortensen Haugen Wikström "
    "Thorsen Falk Bakke Rask Engström Kjær Strand Öberg Vinter Aas",
    "dutch": "de_Vries Bakker Visser Mulder Jansen van_Dijk Hoekstra Kuiper Postma Verhoeven Smit Dekker Brouwer "
    "van_Leeuwen Schouten Kramer Bosman Prins Meijer Blom Huisman Vos Groen Willems",
    "finnish": "Laine Korhonen Mäkelä Virtanen Saarinen Nieminen Heikkinen Koskela Rantala Lehto Salonen Ojala "
    "Hakala Peltola Aalto Manninen Karppinen Toivonen Uusitalo Jokela Harju Vainio Kallio Niska",
    "french": "Moreau Lefèvre Girard Fontaine Mercier Chevalier Renaud Blanchet Perrin Marchand Dumas Lacroix Faure "
    "Gauthier Collet Aubert Rolland Vidal Barbier Delmas Carlier Masson Prévost Tessier",
    "southern": "Ferrante Romero Bianchi Navarro Conti Ortega Moretti Vega Galli Herrera Marini Iglesias Rinaldi Soler "
    "Ferri Campos Bruno Molina Greco Fuentes Lombardi Cano Testa Prieto",
    "polish": "Nowak Wiśniewska Kowalczyk Zieliński Lewandowska Wójcik Mazur Kaczmarek Pawlak Dudek Sikora Baran "
    "Szewczyk Górska Pietrzak Walczak Wrona Kubiak Malinowska Czarnecki Adamczyk Sobczak Kozak Urban",
}
POOLS = {
    people: (FIRST_NAMES[people].split(), [name.replace("_", " ") for name in LAST_NAMES[people].split()])
    for people in FIRST_NAMES
}
# Letters that have no accent to drop.
PLAIN = str.maketrans({"ł": "l", "Ł": "l", "ø": "o", "æ": "ae", "ß": "ss", " ": "", "'": ""})


def person(rng: Random, people: str) -> str:
    """A first and a last name of that pool."""
    first, last = POOLS[people]
    return f"{rng.choice(first)} {rng.choice(last)}"


def plain(text: str) -> str:
    """The text in small letters of ASCII, without blanks: for addresses."""
    unaccented = unicodedata.normalize("NFKD", text.translate(PLAIN))
    return unaccented.encode("ascii", "ignore").decode().lower()


def address(name: str, domain: str) -> str:
    """first.last@domain"""
    first, _, last = name.partition(" ")
    return f"{plain(first)}.{plain(last)}@{domain}"
